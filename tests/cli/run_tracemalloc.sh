# The program runs under tracemalloc from its first line on; a program that it starts does with --children.
cat >app.py <<'END'
import subprocess, sys, tracemalloc


class Session:
    def __init__(self):
        self.data = [0] * 1000


SESSIONS = [Session() for _ in range(3)]
print(tracemalloc.get_traceback_limit(), tracemalloc.is_tracing())
if len(sys.argv) > 1:
    subprocess.run([sys.executable, "-c", "import tracemalloc as t; print(t.is_tracing())"])
END
holdfast run --tracemalloc 5 -o out.hfs app.py child 2>stderr
holdfast run --tracemalloc=7 --children -o folder/ app.py child 2>>stderr
holdfast run --tracemalloc -o out1.hfs app.py 2>>stderr
holdfast run -o out2.hfs --tracemalloc --plain -m app 2>>stderr
sed "s/(.*)/(...)/; s/-[0-9]*-/-PID-/" stderr | sort -u
holdfast types out.hfs '*Session' --by site --shallow | head -n 2 | sed "s|$PWD|PWD|; s/ [0-9.]* %/ N %/"
