"""What stands in the way of a snapshot by process id: the kernel's rules for tracing, and too little memory for a copy."""
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

import holdfast

COMMAND = os.environ["HOLDFAST"]
NOBODY = 65534
MIB = 1 << 20

# A process that its own user may not trace, as one has it under Yama: without Yama the same refusal comes from this.
LOCKED = """
import ctypes, sys
ctypes.CDLL(None).prctl(4, 0)        # PR_SET_DUMPABLE
print("ready", flush=True)
sys.stdin.read()
"""

SCOPED = """
mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama && echo $0 >/proc/sys/kernel/yama/ptrace_scope &&
    exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
"""


@pytest.fixture
def locked():
    with subprocess.Popen([sys.executable, "-c", LOCKED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          user=NOBODY, group=NOBODY, extra_groups=[], cwd="/") as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which takes root")
@pytest.mark.parametrize("scope, words", [
    (0, "it has more rights than this user, or a security module forbids it; run holdfast as root"),
    (1, "kernel.yama.ptrace_scope is 1; run holdfast as root, or allow it with: sysctl kernel.yama.ptrace_scope=0"),
    (2, "kernel.yama.ptrace_scope is 2"),
    (3, "kernel.yama.ptrace_scope is 3"),
])
def test_rules_for_tracing(locked, scope, words):
    path = pathlib.Path(tempfile.gettempdir()) / f"holdfast-{locked.pid}.hfs"      # a folder in which everybody may write
    done = subprocess.run(["unshare", "--mount", "sh", "-c", SCOPED, str(scope), COMMAND, "snapshot", str(locked.pid),
                           "-o", path], capture_output=True, text=True, timeout=60, cwd="/")
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("no file system can be mounted here: " + done.stderr)
    assert done.returncode == 3
    assert words in done.stderr and f"process {locked.pid}" in done.stderr
    assert not path.exists()


def group_of_memory():
    """A control group of our own with a limit on memory, and the file of the limit; None: there is none to be had."""
    for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        folder = pathlib.Path(root) / f"holdfast-test-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if (folder / limit).exists():
            return folder, folder / limit
        folder.rmdir()
    return None


def test_too_little_memory_for_a_copy(tmp_path):
    """In a group that would not bear a second copy of the process it is stopped, and the reason is said."""
    group = group_of_memory()
    if group is None:
        pytest.skip("no control group with a limit on memory can be made here")
    folder, limit = group
    program = "import sys; KEEP = [bytes(1 << 20) + b'x' for _ in range(100)]; print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(["sh", "-c", 'echo $$ >"$0" && exec "$@"', folder / "cgroup.procs", sys.executable, "-c",
                           program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            limit.write_text(str(200 * MIB))
            words = [COMMAND, "snapshot", str(process.pid), "-o", tmp_path / "x.hfs"]
            done = subprocess.run(words, capture_output=True, text=True, timeout=60)
            forced = subprocess.run([*words, "--method", "fork"], capture_output=True, text=True, timeout=60)
        finally:
            process.kill()
            process.wait()
            folder.rmdir()
    assert done.returncode == 0
    assert "the process is stopped while it is read, because a copy is not possible: memory is short" in done.stderr
    assert holdfast.load(tmp_path / "x.hfs").info().origin.method == "stopped process"
    assert forced.returncode == 3 and "memory is short" in forced.stderr


# A word that leads to memory which looks like a Decimal of 2^60 digits, and which is none.
FALSE_OBJECT = """
import ctypes, decimal, struct, sys
class Holder(ctypes.Structure):
    _fields_ = [("words", ctypes.c_void_p)]
memory = ctypes.create_string_buffer(struct.pack("8Q", 5, id(decimal.Decimal), 0, 0, 0, 0, 0, 1 << 60) + bytes(200))
HOLDER = Holder(ctypes.addressof(memory))
print("ready", flush=True)
sys.stdin.read()
"""


def test_nothing_is_larger_than_the_process(tmp_path):
    path = tmp_path / "false.hfs"
    with subprocess.Popen([sys.executable, "-c", FALSE_OBJECT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout.readline() == "ready\n"
        done = subprocess.run([COMMAND, "snapshot", str(process.pid), "-o", path], capture_output=True, text=True,
                              timeout=60)
        process.kill()
    assert done.returncode == 0, done.stderr
    snap = holdfast.load(path)
    found = [row for row in snap.types("decimal.Decimal").rows if row.count]
    assert found, "the false object was not met"
    assert sum(row.size_bytes for row in snap.types().rows) < 200 * MIB
