"""Processes whose seccomp filter forbids the copy: they are read while they stand still, and notice nothing."""
import os
import pathlib
import platform
import re
import subprocess
import sys

import pytest

import holdfast

COMMAND = os.environ["HOLDFAST"]

# Three threads that work and one that answers, under a filter for all of them that has an opinion on one system call.
FILTERED = """
import ctypes, struct, sys, threading, time

class Node:
    def __init__(self, number):
        self.number, self.ring = number, [number]
        self.ring.append(self)

NODES = [Node(i) for i in range(5000)]
counts = [0] * 3

def work(number):
    while True:
        counts[number] += 1
        if counts[number] % 100 == 0:
            time.sleep(0.001)

for number in range(3):
    threading.Thread(target=work, args=(number,), daemon=True).start()

def forbid(system_call, action):
    code = [(0x20, 0, 0, 0), (0x15, 0, 1, system_call), (0x06, 0, 0, action), (0x06, 0, 0, 0x7FFF0000)]
    lines = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code), ctypes.addressof(lines)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0                                     # PR_SET_NO_NEW_PRIVS
    done = libc.syscall(int(sys.argv[1]), 1, 1, program)                       # seccomp: for all threads
    assert done == 0, ctypes.get_errno()

forbid(int(sys.argv[2]), int(sys.argv[3]))
print("ready", flush=True)
for line in sys.stdin:
    print("alive", *counts, flush=True)
"""

SECCOMP, CLONE = {"x86_64": (317, 56), "aarch64": (277, 220)}[platform.machine()]
FAILS_WITH_EPERM, KILLS = 0x00050001, 0x80000000


@pytest.fixture
def filtered(request):
    words = [sys.executable, "-c", FILTERED, str(SECCOMP), str(CLONE), str(request.param)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def ask(process):
    """What its threads have counted."""
    process.stdin.write("\n")
    process.stdin.flush()
    answer = process.stdout.readline().split()
    assert answer[0] == "alive"
    return [int(word) for word in answer[1:]]


def assert_unharmed(process, num_tasks):
    tasks = list(pathlib.Path(f"/proc/{process.pid}/task").iterdir())
    assert len(tasks) == num_tasks
    for task in tasks:
        status = (task / "status").read_text()
        assert re.search(r"^TracerPid:\t0$", status, re.M) and re.search(r"^State:\t[RSD]", status, re.M)
        assert re.search(r"^Seccomp:\t2$", status, re.M)
        assert (task / "children").read_text() == ""         # zombies would be listed
    before = ask(process)
    while any(now == then for now, then in zip(ask(process), before)):
        pass


@pytest.mark.parametrize("filtered", [FAILS_WITH_EPERM, KILLS], indirect=True, ids=["fails", "kills"])
def test_a_filter_that_forbids_clone(filtered, tmp_path):
    num_tasks = len(os.listdir(f"/proc/{filtered.pid}/task"))
    for number in range(20):
        path = tmp_path / f"{number}.hfs"
        done = subprocess.run([COMMAND, "snapshot", str(filtered.pid), "-o", path], capture_output=True, text=True,
                              timeout=120)
        assert done.returncode == 0, done.stderr
        assert "the process is stopped while it is read, because a copy is not possible: a seccomp filter" in done.stderr
        assert "may be wrong" not in done.stderr
        assert_unharmed(filtered, num_tasks)
        snap = holdfast.load(path, cache=False)
        origin = snap.info().origin
        assert origin.method == "stopped process" and origin.pause_ns > 0
        assert origin.num_exact / origin.num_checked > 0.9965
        assert snap.types("__main__.Node").rows[0].count == 5000
        assert snap.why(selector="__main__.Node").groups[0].pattern == "__main__.NODES[*]"
        path.unlink()


@pytest.mark.parametrize("filtered", [KILLS], indirect=True, ids=["kills"])
def test_a_copy_that_was_asked_for_is_refused(filtered, tmp_path):
    num_tasks = len(os.listdir(f"/proc/{filtered.pid}/task"))
    done = subprocess.run([COMMAND, "snapshot", str(filtered.pid), "-o", tmp_path / "x.hfs", "--method", "fork"],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert "a seccomp filter of the process forbids a copy" in done.stderr
    assert not (tmp_path / "x.hfs").exists()
    assert_unharmed(filtered, num_tasks)


@pytest.mark.parametrize("filtered", [KILLS], indirect=True, ids=["kills"])
def test_ctrl_c_and_kill_while_it_stands_still(filtered, tmp_path):
    num_tasks = len(os.listdir(f"/proc/{filtered.pid}/task"))
    for number in range(30):
        process = subprocess.Popen([COMMAND, "snapshot", str(filtered.pid), "-o", tmp_path / "x.hfs"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(number * 0.004)
        except subprocess.TimeoutExpired:
            process.send_signal(9 if number % 2 else 2)
            process.wait()
    assert_unharmed(filtered, num_tasks)
