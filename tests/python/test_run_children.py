"""Child processes: not watched unless asked to, and never disturbed."""
import os
import re
import signal

import holdfast
import pytest
from conftest import WROTE, wait_for

FORK = """
import os, signal, sys
child = os.fork()
if child == 0:
    print('child', signal.getsignal(signal.SIGUSR2), flush=True)
    sys.exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

MULTIPROCESSING = """
import multiprocessing, os

class Work:
    pass

def work(i):
    global kept
    kept = Work()
    return i * i

if __name__ == '__main__':
    context = multiprocessing.get_context('{method}')
    process = context.Process(target=work, args=(1,))
    process.start()
    process.join()
    with context.Pool(2) as pool:
        print(process.exitcode, pool.map(work, range(4)))
        pool.close()
        pool.join()
"""


def names(folder):
    return sorted(path.name for path in folder.glob("*.hfs"))


def test_fork(runner, tmp_path):
    runner.write("app.py", FORK)
    plain = runner.plain("-W", "error", "app.py")
    for options in (["--at-exit"], ["--at-exit", "--on", "SIGUSR2", "--every", "1h", "--when-rss", "100G"]):
        environment = {**runner.environment, "PYTHONWARNINGS": "error"}
        result = runner.watched(["-o", "out.hfs", *options], "app.py", env=environment)
        assert (result.stdout, result.returncode) == (plain.stdout, plain.returncode)
        assert len(WROTE.findall(result.stderr)) == 1
    assert names(tmp_path) == ["out.hfs"]


def test_fork_with_children(runner, tmp_path):
    runner.write("app.py", FORK)
    result = runner.watched(["-o", "out.hfs", "--children", "--at-exit", "--on", "SIGUSR2"], "app.py")
    assert result.returncode == 0
    assert len(WROTE.findall(result.stderr)) == 2
    assert re.fullmatch(r"out-\d+\.hfs out\.hfs", " ".join(names(tmp_path)))


def test_a_forked_child_is_watched_after_its_parent_has_ended(runner, started, tmp_path):
    runner.write("app.py", "import os, time\nif os.fork(): os._exit(0)\nopen('pid', 'w').write(str(os.getpid()))\n"
                           "os.rename('pid', 'ready')\ntime.sleep(60)\n")
    process = started(["--children", "--on", "SIGUSR2", "-o", "out/"], "app.py")
    wait_for((tmp_path / "ready").exists)
    process.wait()
    daemon = int((tmp_path / "ready").read_text())
    try:
        os.kill(daemon, signal.SIGUSR2)
        wait_for(lambda: names(tmp_path / "out") == [f"app-{daemon}-00001.hfs"])
    finally:
        os.kill(daemon, signal.SIGKILL)


def test_forks_while_snapshots_are_taken(runner, tmp_path):
    runner.write("app.py", """
import os
keep = [[i] for i in range(50000)]
for i in range(200):
    child = os.fork()
    if child == 0:
        os._exit(len(keep) % 7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 50000 % 7
""")
    result = runner.watched(["--every", "0.01s", "-o", "out/"], "app.py")
    assert result.returncode == 0, result.stderr
    sizes = [len(holdfast.load(tmp_path / "out" / name)) for name in names(tmp_path / "out")]
    assert len(sizes) == len(WROTE.findall(result.stderr)) and max(sizes) > 50000


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(runner, tmp_path, method):
    runner.write("app.py", MULTIPROCESSING.format(method=method))
    result = runner.watched(["--at-exit", "--on", "SIGUSR2", "-o", "out/"], "app.py")
    assert (result.returncode, result.stdout) == (0, "0 [0, 1, 4, 9]\n")
    assert names(tmp_path / "out") == ["app-00001.hfs"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing_with_children(runner, tmp_path, method):
    runner.write("app.py", MULTIPROCESSING.format(method=method))
    result = runner.watched(["--at-exit", "--children", "-o", "out/"], "app.py")
    assert (result.returncode, result.stdout) == (0, "0 [0, 1, 4, 9]\n")
    snapshots = [holdfast.load(tmp_path / "out" / name) for name in names(tmp_path / "out")]
    assert len([snapshot for snapshot in snapshots if len(snapshot.types("*.Work"))]) >= 2
    assert "app-00001.hfs" in names(tmp_path / "out")
    assert all(re.fullmatch(r"app(-\d+)?-00001\.hfs", name) for name in names(tmp_path / "out"))


def test_subprocesses_with_children(runner, tmp_path):
    runner.write("child.py", "class InChild: pass\nkept = InChild()\n")
    runner.write("app.py", "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], check=True)\n")
    assert runner.watched(["--children", "-o", "out/"], "app.py").returncode == 0
    mine, other = sorted(names(tmp_path / "out"), key=len)
    assert len(holdfast.load(tmp_path / "out" / other).types("__main__.InChild")) == 1
    assert len(holdfast.load(tmp_path / "out" / mine).types("__main__.InChild")) == 0
