"""Snapshots of running processes by the command: of programs that change all the time, and what they notice of it."""
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

import pytest

import holdfast

COMMAND = os.environ["HOLDFAST"]

CHURN = """
import collections, sys, threading, time
class Node:
    def __init__(self, left, right):
        self.left, self.right, self.label = left, right, "label %d" % id(left)
ANCHOR = [Node(None, None) for _ in range(100)]
shared = collections.OrderedDict()
def churn(number):
    root, ring = {}, collections.deque(maxlen=50)
    for step in range(10**12):
        node = Node(ring, [step] * (step % 7))
        ring.append(node)
        root[step % 97] = {"node": node, "text": str(step), number: {step, "s"}}
        shared[number, step % 11] = root
        if step % 13 == 0:
            node.right.append(node)
        if step % 1009 == 0:
            root.clear()
for number in range(3):
    threading.Thread(target=churn, args=(number,), daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    print("alive", flush=True)
"""


@pytest.fixture
def churning():
    with subprocess.Popen([sys.executable, "-c", CHURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def take(pid, path, *options):
    return subprocess.run([COMMAND, "snapshot", str(pid), "-o", path, *options], capture_output=True, text=True,
                          timeout=120)


def assert_alive(process):
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "alive\n"
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    assert re.search(r"^TracerPid:\t0$", status, re.M)


def children_of(pid):
    children = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            children += (task / "children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):   # a thread that ended meanwhile
            pass
    return children


@pytest.mark.parametrize("method, count", [("fork", 250), ("stop", 50)])
def test_a_heap_that_changes_as_fast_as_it_can(churning, tmp_path, method, count):
    path = tmp_path / "churn.hfs"
    worst = 1.0
    for _ in range(count):
        done = take(churning.pid, path, "--method", method)
        assert done.returncode == 0 and "may be wrong" not in done.stderr, done.stderr
        snap = holdfast.load(path, cache=False)
        origin = snap.info().origin
        worst = min(worst, origin.num_exact / origin.num_checked)
        assert len(snap) > 5000
        path.unlink()
    assert worst > 0.95
    assert_answer(churning.pid, path)
    assert_alive(churning)
    assert children_of(churning.pid) == []


def assert_answer(pid, path):
    assert take(pid, path).returncode == 0
    snap = holdfast.load(path, cache=False)
    row, = snap.types("__main__.Node").rows
    assert row.count >= 100
    assert "ANCHOR[" in " ".join(group.pattern for group in snap.why(selector="__main__.Node").groups)


def test_ctrl_c_and_kill_leave_it_unharmed(churning, tmp_path):
    for i in range(60):
        process = subprocess.Popen([COMMAND, "snapshot", str(churning.pid), "-o", tmp_path / "x.hfs"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(i % 20 * 0.001)
        process.send_signal(signal.SIGKILL if i % 2 else signal.SIGINT)
        process.wait()
    deadline = time.monotonic() + 20
    while children_of(churning.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert children_of(churning.pid) == []
    assert_alive(churning)
    assert {path.name for path in tmp_path.iterdir()} <= {"x.hfs"}


def test_a_full_disk(churning, tmp_path):
    done = take(churning.pid, "/dev/full")
    assert done.returncode == 4 and "/dev/full" in done.stderr
    assert_alive(churning)


def test_a_disk_that_fills(churning, tmp_path):
    """A file system with less room than the snapshot needs, which only this process sees."""
    script = f"mount -t tmpfs -o size=128k none {tmp_path} && $0 snapshot $1 -o {tmp_path}/x.hfs $2; echo $?; ls {tmp_path}"
    for option in ("--plain", "--no-previews"):
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, COMMAND, str(churning.pid), option],
                              capture_output=True, text=True, timeout=120)
        if "unshare" in done.stderr or "mount:" in done.stderr:
            pytest.skip("no file system can be mounted here: " + done.stderr)
        assert done.stdout == "4\n"          # the exit code, and no file
        assert done.stderr == f"holdfast: cannot write '{tmp_path}/x.hfs': No space left on device\n"
    assert_alive(churning)
    assert children_of(churning.pid) == []


def test_a_limit_on_the_size_of_files(churning, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    done = subprocess.run([COMMAND, "snapshot", str(churning.pid), "-o", tmp_path / "x.hfs"], capture_output=True,
                          text=True, timeout=120, preexec_fn=limit)
    assert done.returncode == 4
    assert done.stderr == f"holdfast: cannot write '{tmp_path}/x.hfs': File too large\n"
    assert list(tmp_path.iterdir()) == []
    assert_alive(churning)
    assert children_of(churning.pid) == []


def test_without_room_for_a_copy_it_is_stopped(churning, tmp_path):
    resource.prlimit(churning.pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    done = take(churning.pid, tmp_path / "x.hfs", "--method", "fork")
    assert done.returncode == 3 and "memory" in done.stderr
    done = take(churning.pid, tmp_path / "x.hfs")
    assert done.returncode == 0
    assert "holdfast: the process is stopped while it is read, because a copy is not possible: " in done.stderr
    assert holdfast.load(tmp_path / "x.hfs").info().origin.method == "stopped process"


def test_another_process_namespace(tmp_path):
    """A process that is number 1 in a container of its own, with its own /proc, read from outside."""
    program = "import os, sys; sys.path.append('marker'); print(os.getpid(), flush=True); sys.stdin.read()"
    command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as outer:
        if outer.stdout.readline() != "1\n":
            pytest.skip("namespaces are not allowed here: " + outer.stderr.read())
        inner, = children_of(outer.pid)
        done = take(inner, tmp_path / "x.hfs")
        assert done.returncode == 0, done.stderr
        assert holdfast.load(tmp_path / "x.hfs").info().origin.pid == 1
        outer.stdin.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which takes root")
def test_another_user(churning, tmp_path):
    tmp_path.chmod(0o777)
    for folder in [*tmp_path.parents][:3]:
        folder.chmod(folder.stat().st_mode | 0o755)
    done = subprocess.run([COMMAND, "snapshot", str(churning.pid), "-o", tmp_path / "x.hfs"], capture_output=True,
                          text=True, user=65534, group=65534, extra_groups=[], cwd="/")
    assert done.returncode == 3
    assert "belongs to user 0; run holdfast as that user or as root" in done.stderr
    done = subprocess.run([COMMAND, "ps", "--csv"], capture_output=True, text=True, user=65534, group=65534,
                          extra_groups=[], cwd="/")
    line, = [line for line in done.stdout.split("\n") if line.startswith(f"{churning.pid},")]
    assert "no permission to read process" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up a capability, which takes root")
def test_root_without_the_capability(churning, tmp_path):
    done = subprocess.run(["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", COMMAND, "snapshot",
                           str(churning.pid), "-o", tmp_path / "x.hfs"], capture_output=True, text=True)
    assert done.returncode == 3
    assert "--cap-add SYS_PTRACE" in done.stderr
