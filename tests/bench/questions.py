"""The second question to a large snapshot: its CPU time, with what the first one left in the cache.

    HOLDFAST=build/holdfast python3 tests/bench/questions.py [FILE]     without a file: the heap of orders.py
"""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

HOLDFAST = os.environ["HOLDFAST"]
ORDERS = pathlib.Path(__file__).with_name("orders.py")

QUESTIONS = [
    "types FILE", "info FILE", "why FILE Order", "why FILE dict", "why FILE --value *line*", "refs FILE Order",
    "referrers FILE Order", "show FILE Order", "chain FILE Order dict", "graph FILE Order -o PICTURE", "dominators FILE",
    "retained FILE Order", "whatif FILE --cut Order", "suspects FILE", "cycles FILE", "waste FILE", "native FILE",
]


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with exit code {code}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ask(folder, snapshot):
    names = {"FILE": str(snapshot), "PICTURE": str(folder / "picture.svg")}
    print("| question | first, CPU s | second, CPU s |\n|---|---:|---:|")
    for question in QUESTIONS:
        command = [HOLDFAST, *(names.get(word, word) for word in question.split())]
        snapshot.with_name(snapshot.name + ".cache").unlink(missing_ok=True)
        first, second = cpu_seconds(command), cpu_seconds(command)
        print(f"| `{question.replace(' -o PICTURE', '')}` | {first:.2f} | {second:.2f} |", flush=True)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        snapshot = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "orders.hfs"
        if len(sys.argv) < 2:
            subprocess.run([HOLDFAST, "run", "--python", sys.executable, "-o", snapshot, ORDERS], check=True)
        ask(folder, snapshot)


main()
