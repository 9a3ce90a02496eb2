# A server that leaks is watched: what grows in every step, with the path that holds it, and limits for scripts. The steps
# are long enough for it to run in each, however busy the machine is.
name=leak-$$.py
cat >$name <<'END'
import time
class Session:
    def __init__(self, number):
        self.number = number
        self.pages = [number] * 10
class Server:
    def __init__(self):
        self.sessions = {}
server = Server()
for number in range(1000000):
    server.sessions[number] = Session(str(number))
    time.sleep(0.0005)
END
/usr/bin/python3 $name &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
numbers() {
    sed -E "s/\b$pid\b/PID/g; s/[0-9][0-9.,]*( k)?/N/g; s/ +/ /g; s/ [KM]iB/ B/g; s/^ +//"
}
holdfast watch --wait $name --every 500ms --count 4 >answer
echo "exit $?"
grep -A 2 'Session in' answer | numbers
grep -c steady answer | sed 's/[1-9][0-9]*/some/'
holdfast watch $pid --every 500ms --count 3 -o series --fail-if '*Session:count>10000' --fail-if '*Session:bytes>100' \
    --csv 2>&1 | grep -e Session -e limit -e wrote | numbers
ls series | wc -l
holdfast diff series 2>&1 | grep -m 1 'Session in' | numbers
kill $pid
try watch
try watch app.py
try watch 1 --wait app.py
try watch 1 --count 1
try watch 999999999
