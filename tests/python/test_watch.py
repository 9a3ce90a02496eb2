"""Snapshots of a running program: on a signal, every so often, when memory grows; even if Python is blocked in C."""
import os
import signal
import subprocess

import holdfast
import pytest
from conftest import WROTE, wait_for


def files(folder):
    return sorted(path.name for path in folder.glob("*.hfs")) if folder.exists() else []


def test_a_signal_while_the_main_thread_is_blocked_in_c(runner, started, tmp_path):
    runner.write("app.py", "import ctypes\nprint('ready', flush=True)\n"
                           "C = ctypes.CDLL(None, use_errno=True)\nC.pause.restype = int\n"
                           "while C.sleep(1000): pass\n")
    process = started(["--on", "SIGUSR2", "-o", "out/"], "app.py")
    assert process.stdout.readline() == "ready\n"
    for number in (1, 2, 3):
        process.send_signal(signal.SIGUSR2)
        wait_for(lambda: len(files(tmp_path / "out")) == number)
    assert files(tmp_path / "out") == [f"app-0000{number}.hfs" for number in (1, 2, 3)]
    assert process.poll() is None
    process.terminate()
    output, errors = process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert len(WROTE.findall(errors)) >= 2


def test_the_frame_that_is_blocked_is_in_the_snapshot(runner, started, tmp_path):
    runner.write("app.py", "import time\nclass Held: pass\ndef handle(request):\n    local = Held()\n"
                           "    print('ready', flush=True)\n    time.sleep(1000)\nhandle(1)\n")
    process = started(["--on", "SIGUSR2", "-o", "out/"], "app.py")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGUSR2)
    wait_for(lambda: files(tmp_path / "out"))
    why = holdfast.load(tmp_path / "out" / "app-00001.hfs").why(selector="__main__.Held")
    assert why.path.root_kind == "frame" and "handle()" in why.path.root and "'local'" in why.path.root


def test_system_calls_go_on_after_the_signal(runner, started, tmp_path):
    runner.write("app.py", "import sys\nprint('ready', flush=True)\nprint(sys.stdin.readline())\n")
    process = started(["--on", "SIGUSR2", "-o", "out/"], "app.py", stdin=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGUSR2)
    wait_for(lambda: files(tmp_path / "out"))
    output, _ = process.communicate("the line\n")
    assert (output, process.returncode) == ("the line\n\n", 0)


def test_a_handler_of_the_program_replaces_ours(runner):
    runner.write("app.py", "import os, signal\nsignal.signal(signal.SIGUSR2, lambda *a: print('mine'))\n"
                           "os.kill(os.getpid(), signal.SIGUSR2)\n")
    result = runner.watched(["--on", "SIGUSR2", "-o", "out/"], "app.py")
    assert (result.returncode, result.stdout) == (0, "mine\n")
    assert result.stderr.startswith("holdfast: no snapshot: ") and "handles the signal itself" in result.stderr


def test_every_so_often(runner, tmp_path):
    runner.write("app.py", "import os, time\n"
                           "while len([n for n in os.listdir('out') if n.endswith('.hfs')]) < 3: time.sleep(0.01)\n")
    result = runner.watched(["--every", "0.1s", "-o", "out/"], "app.py")
    assert result.returncode == 0
    assert len(WROTE.findall(result.stderr)) >= 2


def test_one_file_is_replaced(runner, tmp_path):
    runner.write("app.py", "import os, time\nseen = set()\nwhile len(seen) < 2:\n    time.sleep(0.01)\n"
                           "    if os.path.exists('out.hfs'): seen.add(os.stat('out.hfs').st_mtime_ns)\n")
    assert runner.watched(["--every", "0.1s", "-o", "out.hfs"], "app.py").returncode == 0
    assert files(tmp_path) == ["out.hfs"]
    assert len(holdfast.load(tmp_path / "out.hfs")) > 1000


def test_memory_passes_a_mark_and_then_half_of_it(runner, tmp_path):
    runner.write("app.py", """
import os, time

def count():
    return len([name for name in os.listdir('out') if name.endswith('.hfs')])

def wait_for(number):
    deadline = time.monotonic() + 60
    while count() < number and time.monotonic() < deadline:
        time.sleep(0.01)

time.sleep(0.5)
print(count())
keep = [b'x' * (250 << 20)]
wait_for(1)
time.sleep(0.5)
print(count())
keep.append(b'x' * (120 << 20))
wait_for(2)
print(count())
""")
    result = runner.watched(["--when-rss", "200M", "-o", "out/"], "app.py")
    assert (result.returncode, result.stdout) == (0, "0\n1\n2\n")


def test_at_exit_comes_after_the_others_when_asked_for(runner, tmp_path):
    runner.write("app.py", "import os, signal, time\nos.kill(os.getpid(), signal.SIGUSR2)\n"
                           "while not os.listdir('out'): time.sleep(0.01)\n")
    result = runner.watched(["--on", "SIGUSR2", "--at-exit", "-o", "out/"], "app.py")
    assert result.returncode == 0
    assert files(tmp_path / "out") == ["app-00001.hfs", "app-00002.hfs"]
    assert len(WROTE.findall(result.stderr)) == 2


def test_a_program_that_ends_during_a_snapshot(runner, tmp_path):
    runner.write("app.py", "import os, signal\nkeep = [[i] for i in range(300000)]\n"
                           "os.kill(os.getpid(), signal.SIGUSR2)\n")
    for _ in range(3):
        result = runner.watched(["--on", "SIGUSR2", "-o", "out/"], "app.py")
        assert result.returncode == 0
    assert files(tmp_path / "out") == sorted(path.name for path in (tmp_path / "out").iterdir())
    for path in (tmp_path / "out").iterdir():
        assert len(holdfast.load(path)) > 300000


@pytest.mark.parametrize("ending, code", [("os._exit(4)", 4), ("os.kill(os.getpid(), 9)", -9),
                                          ("os.execv('/bin/sh', ['sh', '-c', 'exit 6'])", 6)])
def test_abrupt_ends(runner, ending, code):
    runner.write("app.py", f"import os, signal\nkeep = [[i] for i in range(100000)]\n"
                           f"os.kill(os.getpid(), signal.SIGUSR2)\n{ending}\n")
    assert runner.watched(["--on", "SIGUSR2", "-o", "out/"], "app.py").returncode == code


def test_many_threads_go_on(runner, tmp_path):
    runner.write("app.py", """
import os, threading, time
done = threading.Event()
counts = [0] * 4

def work(i):
    while not done.is_set():
        counts[i] += 1
        str(object())

threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads: thread.start()
while len([name for name in os.listdir('out') if name.endswith('.hfs')]) < 3: time.sleep(0.01)
before = list(counts)
time.sleep(0.5)
done.set()
for thread in threads: thread.join()
print(all(after > early for after, early in zip(counts, before)))
""")
    result = runner.watched(["--every", "0.05s", "-o", "out/"], "app.py")
    assert (result.returncode, result.stdout) == (0, "True\n")
    running = [[thread for thread in holdfast.load(tmp_path / "out" / name).info().threads if thread.function]
               for name in files(tmp_path / "out")]
    assert max(map(len, running)) == 5


def test_only_one_watch_of_a_process_can_run(tmp_path):
    from holdfast._core import Watch
    make = lambda: Watch(str(tmp_path / "a"), "a", ".hfs", True, 0, (signal.SIGUSR2,), 0, 0, False, False, False, True)
    before = signal.getsignal(signal.SIGUSR2)
    first, second = make(), make()
    first.start()
    try:
        with pytest.raises(ValueError, match="another watch"):
            second.start()
        os.kill(os.getpid(), signal.SIGUSR2)
        wait_for(lambda: files(tmp_path))
    finally:
        first.finish()
    assert signal.getsignal(signal.SIGUSR2) == before
    second.start()
    second.finish()


@pytest.mark.parametrize("options, program", [(["--on", "SIGUSR2"], "pass\n"),
                                              (["--every", "1h", "--when-rss", "100G"], "pass\n"),
                                              (["--every", "1h", "--children"], "import os\nos.fork() and os.wait()\n")])
def test_a_program_that_ends_without_a_snapshot_is_told(runner, tmp_path, options, program):
    runner.write("app.py", program)
    result = runner.watched([*options, "-o", "out/"], "app.py")
    assert result.returncode == 0 and files(tmp_path / "out") == []
    assert result.stderr.count("holdfast: no snapshot: the program ended before one was due") == 1
