"""The gdb script: a snapshot of the process that gdb has stopped, and of the core file that it has open."""
import os
import pathlib
import subprocess
import sys
import time

import pytest

import holdfast

ROOT = pathlib.Path(__file__).parents[2]

# Whoever reads it needs no more rights than its user has, Yama or not.
SERVER = """
import ctypes, signal, sys, threading, time
ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)
class Held: pass
HELD = [Held() for i in range(123)]
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
if "trap" in sys.argv:
    signal.raise_signal(signal.SIGTRAP)
while True:
    print("beat", flush=True)
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """Laid out as it is installed: it finds the command from where it lies itself."""
    prefix = tmp_path_factory.mktemp("prefix")
    for folder in ("bin", "share/holdfast"):
        (prefix / folder).mkdir(parents=True)
    (prefix / "bin/holdfast").symlink_to(os.path.abspath(os.environ["HOLDFAST"]))
    path = prefix / "share/holdfast/gdb.py"
    path.write_bytes((ROOT / "cli/gdb/holdfast.py").read_bytes())
    return path


@pytest.fixture
def gdb(script, tmp_path):
    """Runs gdb with commands; gives its words. It does not stop at one that fails."""
    (tmp_path / "server.py").write_text(SERVER)

    def run(*commands, words=()):
        lines = [f"source {script}", *commands]
        done = subprocess.run(["gdb", "-q", "-nx", "-batch", *(f"-ex={line}" for line in lines), *words],
                              stdin=subprocess.DEVNULL, text=True, capture_output=True, cwd=tmp_path, timeout=300,
                              env={**os.environ, "DEBUGINFOD_URLS": ""})
        return done.stdout + done.stderr

    return run


@pytest.fixture
def server(gdb, tmp_path):
    process = subprocess.Popen([sys.executable, "server.py"], cwd=tmp_path, text=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "beat\n"
    yield process
    process.kill()
    process.communicate()


def check(path, method):
    snap = holdfast.load(path)
    assert snap.info().origin.method == method
    why = snap.why(selector="__main__.Held")
    assert why.num_selected == 123 and why.expression == "sys.modules['__main__'].HELD[0]"


def test_a_process_that_gdb_has_attached_to(gdb, server, tmp_path):
    said = gdb("holdfast-snapshot 'a file.hfs'", words=["-p", str(server.pid)])
    assert "holdfast: wrote a file.hfs" in said, said
    check(tmp_path / "a file.hfs", "process held by a debugger")
    time.sleep(0.05)
    assert server.poll() is None and server.stdout.readline() == "beat\n"
    assert server.pid == holdfast.load(tmp_path / "a file.hfs").info().origin.pid


def test_a_process_that_gdb_runs(gdb, tmp_path):
    said = gdb("run server.py trap", "holdfast-snapshot --no-previews", "kill", words=["--args", sys.executable])
    path, = tmp_path.glob("holdfast-*.hfs")
    assert f"holdfast: wrote {path.name}" in said, said
    check(path, "process held by a debugger")
    assert not holdfast.load(path).info().origin.has_previews


def test_a_process_by_way_of_a_core_file(gdb, server, tmp_path):
    said = gdb("holdfast-snapshot --core out.hfs", words=["-p", str(server.pid)])
    assert "holdfast: wrote out.hfs" in said, said
    check(tmp_path / "out.hfs", "core file")
    assert {path.name for path in tmp_path.iterdir()} == {"server.py", "out.hfs"}
    assert server.poll() is None


def test_a_core_file(gdb, server, tmp_path):
    gdb("generate-core-file the.core", words=["-p", str(server.pid)])
    said = gdb("holdfast-snapshot", words=[sys.executable, "the.core"])
    assert "holdfast: wrote the.core.hfs" in said, said
    check(tmp_path / "the.core.hfs", "core file")


def test_what_cannot_be_photographed(gdb, tmp_path):
    assert "gdb has no process and no core file" in gdb("holdfast-snapshot")
    assert "Usage: holdfast-snapshot" in gdb("holdfast-snapshot one two")
    said = gdb("starti", "holdfast-snapshot x.hfs", "kill", words=["--args", "/bin/sleep", "9"])
    assert "runs no Python" in said and "no snapshot was written" in said
    assert not (tmp_path / "x.hfs").exists()


def test_gdb_helps(gdb):
    said = gdb("help holdfast-snapshot", "complete holdfast-snap")
    assert "Usage: holdfast-snapshot [--core] [OPTION]... [FILE]" in said
    assert said.splitlines()[-1] == "holdfast-snapshot"
