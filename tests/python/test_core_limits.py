"""Core files that lack something: what they still give, and what the message says to do about the rest."""
import gzip
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys

import pytest

import holdfast

COMMAND = os.environ["HOLDFAST"]
PATTERN = pathlib.Path("/proc/sys/kernel/core_pattern")
MIB = 1 << 20
PROGRAM = """
import sys
class Session:
    def __init__(self, number):
        self.number = number
        self.data = {f"key {number}": [number]}
SESSIONS = [Session(i) for i in range(20000)]
{}
print("ready", flush=True)
sys.stdin.read()
"""


def start(program, folder):
    process = subprocess.Popen([sys.executable, "-c", PROGRAM.replace("{}", program)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, cwd=folder)
    assert process.stdout.readline() == "ready\n"
    return process


def core_of_kernel(folder, program=""):
    """The core file of a process that the kernel wrote."""
    pattern = PATTERN.read_text().strip()
    if pattern.startswith("|") or "/" in pattern:
        pytest.skip(f"the kernel does not write core files to the folder of the process: core_pattern is {pattern}")
    made = folder / "made"
    made.mkdir()
    with start(program, made) as process:
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        process.send_signal(signal.SIGABRT)
        process.wait()
    [core] = made.iterdir()
    return core


def core_of_gdb(folder):
    if not shutil.which("gcore"):
        pytest.skip("no gcore: install gdb")
    with start("", folder) as process:
        subprocess.run(["gcore", "-o", folder / "core", str(process.pid)], capture_output=True, check=True)
        process.kill()
    [core] = folder.glob("core.*")
    return core


def cut(core, num_bytes):
    os.truncate(core, core.stat().st_size - num_bytes)


def snapshot(core, *options):
    path = core.with_name("x.hfs")
    done = subprocess.run([COMMAND, "snapshot", core, "-o", path, *options], capture_output=True, text=True, timeout=120)
    assert path.exists() == (done.returncode == 0)
    return done, path


def interpreter():
    """The file that has the interpreter: the program or its libpython."""
    maps = pathlib.Path("/proc/self/maps").read_text()
    found = re.search(r"(/\S*/libpython3\.\S*)", maps)
    return found[1] if found else os.path.realpath(sys.executable)


def count_sessions(path):
    """Their class may have lost its name: it is told by how many there are."""
    builtin = {"dict", "list", "str", "int", "tuple", "function"}
    return max(row.count for row in holdfast.load(path).types() if row.name not in builtin)


def test_cut_off_by_a_limit(tmp_path):
    core = core_of_kernel(tmp_path)
    cut(core, 2 * MIB)
    done, path = snapshot(core)
    assert done.returncode == 0
    assert re.search(r"the core file is cut off: 2 MiB of memory are missing", done.stderr)
    assert "ulimit -c unlimited" in done.stderr and "ExternalSizeMax=" in done.stderr
    assert 19000 < count_sessions(path) <= 20000


def test_cut_off_before_the_notes(tmp_path):
    """gdb writes them last: the program that the user names is found by the sizes of its ranges."""
    core = core_of_gdb(tmp_path)
    cut(core, MIB)
    done, _ = snapshot(core)
    assert done.returncode == 3
    assert "cut off before its notes" in done.stderr and "name the program with --binary" in done.stderr
    done, _ = snapshot(core, "--binary", "/bin/true")
    assert done.returncode == 3
    assert re.search(r"no place in it fits '/.*true': is that the file that the process ran\?", done.stderr)
    done, _ = snapshot(core, "--binary", "/nowhere/python")
    assert done.returncode == 4
    assert "cannot open '/nowhere/python'" in done.stderr
    done, path = snapshot(core, "--binary", interpreter())
    assert done.returncode == 0 and "cut off" in done.stderr
    assert 19000 < count_sessions(path) <= 20000


def test_without_what_the_process_wrote(tmp_path):
    core = core_of_kernel(tmp_path, "open('/proc/self/coredump_filter', 'w').write('0x30')")
    done, _ = snapshot(core)
    assert done.returncode == 3
    assert "its coredump_filter left that out" in done.stderr and "echo 0x33 >/proc/PID/coredump_filter" in done.stderr


def test_compressed(tmp_path):
    path = tmp_path / "core.gz"
    path.write_bytes(gzip.compress(b"\x7fELF" + bytes(4096)))
    done, _ = snapshot(path)
    assert done.returncode == 4
    assert "is compressed: unpack it first" in done.stderr
