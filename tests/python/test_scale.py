"""Long, deep and wide heaps: captured and answered without recursion, in time that grows with their size."""
import json
import pathlib
import subprocess
import sys

import pytest


def run(*words):
    done = subprocess.run([sys.executable, "-m", "oracle.scale", *words], stdout=subprocess.PIPE, text=True,
                          timeout=600, cwd=pathlib.Path(__file__).parent)
    assert done.returncode == 0
    return done.stdout


@pytest.fixture(scope="module")
def large():
    return json.loads(run("large"))


def test_all_of_it_is_there(large):
    assert large["nodes"] > 13_000_000
    assert large["counts"] == {"__main__.Node": 3_000_000, "generator": 120_000}
    assert large["references"] == {"list": 5_000_000, "dict": 4_000_000, "set": 1_000_000}
    assert large["unreachable"] == large["free"] == 0
    assert large["every"] == large["nodes"]
    assert large["exact"] > 0.999 and large["named"] > 0.999


def test_objects_far_away_are_found(large):
    """The last item of each, and the 50,000th link of a chain of three million."""
    assert large["hops"] == {"linked": 50_004, "list": 4, "dict": 4, "generator": 5}
    assert large["right"] == {"list": True, "dict": True, "generator": True}


def test_time_grows_with_size():
    """At four times the size linear work takes four times as long, quadratic work sixteen times."""
    ratios = dict(line.split() for line in run("ratios").splitlines())
    assert len(ratios) == 12
    assert {name: ratio for name, ratio in ratios.items() if float(ratio) > 9} == {}
