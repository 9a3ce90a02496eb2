# What cannot be photographed: each says why, and what to do.
try snapshot
try snapshot 1 --wait app.py
try snapshot 1 --count 3
try snapshot core --every 1s
try snapshot 1 --binary /bin/true
try snapshot 999999999
try snapshot missing.core
try snapshot shop.hfs
try snapshot 1 -o -
try snapshot /bin/true
sleep 600 &
pid=$!
until grep -qs sleep "/proc/$pid/comm"; do sleep 0.05; done
holdfast snapshot $pid 2>&1 | sed "s/ $pid / PID /"
kill $pid
/usr/bin/python3 -c 'import time; print("ready", flush=True); time.sleep(600)' >ready &
pid=$!
until grep -qs ready ready; do sleep 0.05; done
holdfast snapshot $pid -o no/such/folder.hfs 2>&1 | sed "s/ $pid / PID /"
holdfast snapshot $pid --timeout 1ms --method stop 2>&1 | sed "s/ $pid / PID /"
kill -0 $pid && echo "still running"
kill $pid
