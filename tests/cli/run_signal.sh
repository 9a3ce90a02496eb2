# One numbered file for each signal, none at exit; the folder is made.
cat >app.py <<'END'
import os, signal, time
for _ in range(3):
    before = len(os.listdir("out"))
    os.kill(os.getpid(), signal.SIGUSR2)
    deadline = time.monotonic() + 20
    while len([name for name in os.listdir("out") if name.endswith(".hfs")]) == before and time.monotonic() < deadline:
        time.sleep(0.01)
END
holdfast run --on SIGUSR2 -o out/ app.py 2>stderr
echo "exit $?"
sed "s/(.*)/(...)/" stderr
for file in out/*.hfs; do
    holdfast types "$file" module -n1 | tail -n 1 | grep -c 'in all'
done
