# A service that nobody prepared: photographed by its number, once and in a series, and after its death by its core.
name=server-$$.py
cat >$name <<'END'
import sys, time
sys.path.insert(0, sys.argv[1])
from shop.__main__ import visit
for number in range(50):
    visit(number)
print("ready", flush=True)
time.sleep(600)
END
/usr/bin/python3 $name "$SAMPLES/shop" >ready &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
until grep -qs ready ready; do sleep 0.05; done
numbers() {
    sed -E "s/\b$pid\b/PID/g; s/[0-9.]+ (k )?objects/N objects/; s/pause [0-9.]+ ms/pause N ms/" "$@"
}
ask() {
    holdfast why "$1" Session | tail -n 1 | sed 's/  */ /g'
    holdfast info "$1" | grep '^method'
}
holdfast snapshot $pid 2>&1 | numbers && ask holdfast-$pid.hfs
holdfast snapshot $pid --method stop -o stopped.hfs --no-previews 2>&1 | numbers && ask stopped.hfs
holdfast snapshot --wait $name --method fork -o out/ --plain 2>&1 | numbers && ask out/$pid-00001.hfs
holdfast snapshot $pid --every 50ms --count 3 -o out 2>&1 | numbers
ls out | wc -l
holdfast ps --csv | grep "^$pid," | cut -d, -f6- | sed "s|$SAMPLES|SAMPLES|; s|$name|NAME|"
# What was written, as JSON.
mkdir json
holdfast snapshot $pid -o json/ --json --every 10ms --count 2 >written
sed -nE 's/"path": "(.*)",/\1/p' written | numbers
python3 "$SOURCES/tests/tools/check-schema" "$SOURCES/include/holdfast/json.h" <written | grep -v ': not seen$'

gcore -o core $pid >/dev/null 2>&1
holdfast snapshot core.$pid 2>&1 | numbers && ask core.$pid.hfs
holdfast snapshot core.$pid --binary /bin/ls -o other.hfs 2>&1 | numbers | sed -E 's/[0-9a-f]{16}/ID/g'
mkdir root && holdfast snapshot core.$pid --sysroot root -o other.hfs 2>&1 | numbers | head -n 1

# A series ends with its process.
holdfast snapshot $pid --every 10m -o series/ 2>stderr &
series=$!
until [ -n "$(ls series 2>/dev/null)" ]; do sleep 0.05; done
kill $pid
wait $series
echo "exit $?"
numbers stderr
