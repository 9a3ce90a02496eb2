"""Allocation sites against tracemalloc itself, for every object that the collector knows."""
import json
import pathlib
import subprocess
import sys

import holdfast
import pytest

FOLDER = pathlib.Path(__file__).parent


@pytest.fixture(scope="module", params=["walk", "copy", "pid"])
def report(request, tmp_path_factory):
    words = [sys.executable, "-X", "tracemalloc=10", "-m", "oracle.sites", request.param]
    done = subprocess.run([*words, str(tmp_path_factory.mktemp("sites"))], stdout=subprocess.PIPE, cwd=FOLDER, text=True)
    assert done.returncode == 0
    return json.loads(done.stdout)


def test_sites_are_those_of_tracemalloc(report):
    assert report["wrong"] == []
    assert report["num_compared"] > 6_000
    assert report["num_known"] > 0.8 * report["num_compared"]


def test_functions_are_those_that_ran(report):
    assert report["functions"] == {"made": "Shop.make", "nested": "Shop.make.<locals>.inner", "module": "<module>"}


def test_without_tracemalloc_there_are_none():
    words = [sys.executable, "-c", "import holdfast; holdfast.snapshot().site([])"]
    done = subprocess.run(words, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "LookupError: no allocation sites in this snapshot: tracemalloc was not on; run the program with " \
        "`python -X tracemalloc=10`, or call `tracemalloc.start(10)` in it" in done.stderr
