"""A service that photographs itself: holdfast.install and holdfast.dump(fork=...)."""
import subprocess
import sys

import pytest

import holdfast


def run(program, folder, *args):
    """Runs a program that imports holdfast; gives its output, with what it says on stderr."""
    path = folder / "program.py"
    path.write_text("import os, signal, sys, time, holdfast\n" + program)
    done = subprocess.run([sys.executable, str(path), *args], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done


AWAIT = """
def await_files(folder, count):
    deadline = time.monotonic() + 60
    while len(os.listdir(folder)) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return sorted(name.replace(str(os.getpid()), "PID") for name in os.listdir(folder))
"""


def test_on_a_signal(tmp_path):
    done = run(AWAIT + """
calls = []
signal.signal(signal.SIGUSR2, lambda *args: calls.append(args))
holdfast.install("out/", signal="USR2")
for count in (1, 2):
    os.kill(os.getpid(), signal.SIGUSR2)
    names = await_files("out", count)
print(names, len(calls))
""", tmp_path)
    assert done.stdout == "['PID-00001.hfs', 'PID-00002.hfs'] 2\n"
    assert done.stderr.count("holdfast: wrote out/") == 2
    for path in (tmp_path / "out").iterdir():
        assert holdfast.load(path).info().origin.method == "in-process copy"


def test_every_so_often_into_one_file(tmp_path):
    run("""
holdfast.install("last.hfs", every=0.05)
first = None
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    now = os.stat("last.hfs").st_ino if os.path.exists("last.hfs") else None
    if first is not None and now != first:
        break
    first = first or now
    time.sleep(0.01)
else:
    sys.exit("no second file")
""", tmp_path)
    assert holdfast.load(tmp_path / "last.hfs").info().num_nodes > 1000


def test_again_replaces_and_without_a_trigger_ends_it(tmp_path):
    done = run(AWAIT + """
signal.signal(signal.SIGUSR1, lambda *args: print("own 1"))
signal.signal(signal.SIGUSR2, lambda *args: print("own 2"))
os.mkdir("one"), os.mkdir("two")
holdfast.install("one", signal=[signal.SIGUSR1])
holdfast.install("two", signal=signal.SIGUSR2)
os.kill(os.getpid(), signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR2)
print(await_files("two", 1), os.listdir("one"))
holdfast.install()
os.kill(os.getpid(), signal.SIGUSR2)
time.sleep(0.2)
print(len(os.listdir("two")))
""", tmp_path)
    assert done.stdout.splitlines() == ["own 1", "own 2", "['PID-00001.hfs'] []", "own 2", "1"]


def test_forked_workers(tmp_path):
    done = run(AWAIT + """
os.mkdir("out")
holdfast.install("out", signal="USR2", children=True)
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGUSR2)
    await_files("out", 1)
    os._exit(0)
os.waitpid(child, 0)
print([name.replace(str(child), "CHILD") for name in await_files("out", 1)])
""", tmp_path)
    assert done.stdout == "['PID-CHILD-00001.hfs']\n"


@pytest.mark.parametrize("wanted, error", [
    ("KILL", ValueError), ("NOSUCH", ValueError), (1000, ValueError), (0, ValueError), (-1, ValueError),
    (10 ** 20, ValueError), ("", ValueError), ("_BLOCK", ValueError), (12.7, TypeError), (True, TypeError),
    (b"USR2", TypeError), ([None], TypeError), (range(1, 10), ValueError)])
def test_signals_that_cannot_be(wanted, error, tmp_path):
    with pytest.raises(error):
        holdfast.install(tmp_path / "x.hfs", signal=list(wanted) if isinstance(wanted, range) else wanted)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name, wanted", [("every", -1), ("every", "5m"), ("every", float("nan")), ("every", 1e300),
                                          ("every", "5"), ("every", ""), ("every", True), ("every", 1e-12),
                                          ("when_rss", -1), ("when_rss", "500M"), ("when_rss", [1]),
                                          ("when_rss", 0.5), ("when_rss", float("nan")), ("when_rss", 2 ** 80)])
def test_numbers_that_cannot_be(name, wanted, tmp_path):
    with pytest.raises(ValueError, match=f"^{name} is a number of (seconds|bytes), not "):
        holdfast.install(tmp_path / "folder/", **{name: wanted})
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("path, error", [("", ValueError), ("missing/x.hfs", FileNotFoundError),
                                         ("file/x.hfs", NotADirectoryError), ("file/", FileExistsError)])
def test_files_that_cannot_be_are_said_at_once(path, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(error):
        holdfast.install(path, every=3600)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("fork, method", [(None, "in-process copy"), (True, "in-process copy"), (False, "in-process")])
def test_dump(fork, method, tmp_path):
    holdfast.dump(tmp_path / "dump.hfs", fork=fork)
    assert holdfast.load(tmp_path / "dump.hfs").info().origin.method == method
