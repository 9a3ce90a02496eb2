"""The two ways to take a snapshot: in a forked copy, and in the process itself."""
import os
import resource
import signal
import subprocess
import sys
import threading

import pytest

import holdfast


class Session:
    def __init__(self, number):
        self.number = number


SESSIONS = {number: Session(number) for number in range(1000)}


def answers(snap):
    row, = snap.types(f"{__name__}.Session").rows
    path = snap.why(SESSIONS[7]).paths[0]
    return row.count, row.size_bytes, path.expression, [hop.size_bytes for hop in path.hops]


def test_both_give_the_same_answers():
    copy, walk = holdfast.snapshot(method="copy"), holdfast.snapshot(method="walk")
    assert copy.info().origin.method == "in-process copy"
    assert walk.info().origin.method == "in-process"
    assert answers(copy) == answers(walk)
    assert answers(copy)[0] == 1000
    info = copy.info()
    # What changed between the two is the first snapshot and the answers that were asked for above.
    assert abs(info.num_nodes - walk.info().num_nodes) < 500
    assert info.origin.num_exact / info.origin.num_checked > 0.95


def test_the_copy_is_what_auto_takes():
    assert holdfast.snapshot().info().origin.method == "in-process copy"


def test_a_copy_of_many_threads():
    """Threads that hold locks of malloc and of Python at the moment of the fork do not exist in the copy."""
    stop = threading.Event()

    def work():
        while not stop.is_set():
            data = [bytearray(5000) for _ in range(100)]
            "".join(str(len(item)) for item in data)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            snap = holdfast.snapshot(method="copy")
            assert snap.types(f"{__name__}.Session").rows[0].count == 1000
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_the_program_is_not_told_of_a_child():
    told = []
    old = signal.signal(signal.SIGCHLD, lambda *_: told.append(1))
    try:
        holdfast.snapshot(method="copy")
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
    finally:
        signal.signal(signal.SIGCHLD, old)
    assert told == []


def limited(source):
    """Runs source in a process with too little address space for a copy."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    return subprocess.run([sys.executable, "-c", "import holdfast\n" + source], preexec_fn=limit, text=True,
                          capture_output=True)


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="the sanitizers need terabytes of address space")
def test_no_copy_no_harm():
    done = limited("print(holdfast.snapshot().info().origin.method)")
    assert (done.stdout, done.stderr) == ("in-process\n", "")


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="the sanitizers need terabytes of address space")
def test_no_copy_is_said_to_who_insists():
    done = limited("holdfast.snapshot(method='copy')")
    assert done.stderr.endswith("RuntimeError: no address space for a copy of this process to write to\n")


def test_unknown_method():
    with pytest.raises(ValueError, match="unknown method 'fork': choose one of auto, copy, walk"):
        holdfast.snapshot(method="fork")
