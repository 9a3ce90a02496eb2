"""A snapshot against Python's own word, object by object: see oracle/.

Each heap lives in a process of its own, which compares and reports once; the tests read the report.
"""
import json
import pathlib
import re
import subprocess
import sys

import pytest

from oracle import extras, kinds

NAMES = pathlib.Path(__file__).parents[2] / "lib/cpython/names.h"


@pytest.fixture(scope="module", params=[("real", "walk"), ("library", "copy"), ("zoo", "walk"), ("zoo", "copy")],
                ids="-".join)
def report(request, tmp_path_factory):
    heap, method = request.param
    folder = str(tmp_path_factory.mktemp(heap))
    done = subprocess.run([sys.executable, "-m", "oracle.examine", heap, method, folder], stdout=subprocess.PIPE,
                          cwd=pathlib.Path(__file__).parent, text=True)
    assert done.returncode == 0
    return {"heap": heap, **json.loads(done.stdout)}


def test_all_objects_are_there(report):
    assert report["missing"] == []
    assert report["nodes"] > report["objects"] > {"real": 150_000, "library": 60_000, "zoo": 60_000}[report["heap"]]


def test_the_references_are_those_of_the_collector(report):
    assert report["edges"] == []
    assert report["changed"] < 10
    assert report["num_edges"] > 3 * report["objects"]


def test_extra_references_are_those_that_python_shows_elsewhere(report):
    assert report["extras"] == []
    assert report["num_extras"]["key/"] > 10_000
    assert report["num_extras"]["attribute/co_consts"] > 5_000
    if report["heap"] == "zoo":
        assert {"item/", "field/element", "field/link", "attribute/tzinfo"} <= set(report["num_extras"])


def test_extra_references_are_documented():
    """names.h and the table that the tests compare with have the same names."""
    rows = re.findall(r'X\(\w+, (\w+), "([^"]*)", HF_NAME_EXTRA\)', NAMES.read_text())
    assert {(kind.lower(), text) for kind, text in rows} == set(extras.SHOWN)


def test_no_object_has_more_references_than_it_counts(report):
    assert report["counts"] == []


def test_sizes_are_those_of_getsizeof(report):
    assert report["sizes"] == []
    assert report["num_sizes"] > 0.99 * report["objects"]


def test_what_the_collector_tracks(report):
    assert report["tracked"] == []


def test_references_have_names(report):
    assert sum(report["unnamed"].values()) < 0.01 * report["num_all_edges"]


def test_every_kind_is_named_and_counted(report):
    """Each owner of the zoo: its target is there, has just the references it counts, and they have names."""
    if report["heap"] == "zoo":
        assert report["kinds"] == {}
        assert len(kinds.KINDS) > 170
