"""What the tests of the Python module share: programs in a folder of their own, run plainly and watched."""
import os
import re
import signal
import subprocess
import sys
import time

import pytest

# A shell that starts the tests in the background has them, and the programs that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

WROTE = re.compile(r"^holdfast: wrote (.+) \([\d.]+( [kM])? objects, pause [\d.]+ ms\)$", re.MULTILINE)


class Runner:
    """Programs in a folder: write one, run it plainly, run it watched."""

    def __init__(self, folder):
        self.folder = folder
        self.command = os.environ["HOLDFAST"]
        self.environment = {**os.environ, "PYTHONHASHSEED": "0"}
        self.environment.pop("PYTHONPATH", None)
        self.environment["HOLDFAST_PYTHON_PATH"] = os.environ["PYTHONPATH"].split(os.pathsep)[0]

    def write(self, name, source):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return path

    def words(self, options, program):
        return [self.command, "run", "--python", sys.executable, *options, *program]

    def plain(self, *program, **settings):
        return self._run([sys.executable, *program], settings)

    def watched(self, options, *program, **settings):
        return self._run(self.words(options, program), settings)

    def start(self, options, *program, **settings):
        return subprocess.Popen(self.words(options, program), cwd=self.folder, env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)

    def _run(self, words, settings):
        settings = {"env": self.environment, "timeout": 120, **settings}
        return subprocess.run(words, cwd=self.folder, text=True, capture_output=True, **settings)


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


@pytest.fixture
def started(runner):
    """Starts watched programs; what still runs at the end of the test is killed."""
    processes = []

    def start(*args, **kwargs):
        processes.append(runner.start(*args, **kwargs))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()
