# Ctrl-C and its like end the work at once: no file is left behind, no child, and no half of a line on the terminal.
"$MAKE_FIXTURE" large large.hfs
cat >interrupt.py <<'END'
import os, pathlib, signal, subprocess, time

words = ["holdfast", "graph", "large.hfs", "shop.Row", "-o", "leak.svg"]


def runs(group):
    """True while a process of the group is there that is not dead already."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, number = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(number) == group and state not in "ZX":
            return True
    return False


for number in (signal.SIGINT, signal.SIGTERM):
    num_interrupted = 0
    for i in range(20):
        work = subprocess.Popen(words, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(i * 0.02)
        work.send_signal(number)
        code = work.wait(timeout=20)
        num_interrupted += code == -number
        if code not in (-number, 0):
            print(f"ended with {code} after {number.name}")
        deadline = time.monotonic() + 10
        while runs(work.pid):
            if time.monotonic() > deadline:
                raise SystemExit("a child lives on")
            time.sleep(0.01)
    print(number.name, "ended it" if num_interrupted else "came too late each time")
left = set(os.listdir()) - {"large.hfs", "large.hfs.cache", "leak.svg", "shop.hfs", "hostile.hfs", "interrupt.py"}
print("left behind:", sorted(left))
END
python3 interrupt.py
