"""holdfast.pytest_plugin, in real sessions of pytest that find it by its entry point, as they do when it is installed."""
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

import holdfast
import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "lib" / "python"))
import build_backend  # noqa: E402

MAX_LINES = 20

COMMON = """
import asyncio, gc, itertools, logging, sys, unittest, unittest.mock, warnings, weakref
import pytest

LEAKED = []
CACHE = {}

class Session:
    def __init__(self):
        self.parts = [object()]

@pytest.fixture
def store():
    store = []
    yield store
    assert store

@pytest.fixture(scope="class")
def shared():
    return {}

@pytest.fixture
def dependent(shared):
    return shared

@pytest.fixture
def leaking():
    LEAKED.append(Session())
"""

PASSING = """
@pytest.mark.no_leaks
def test_nothing():
    pass

@pytest.mark.no_leaks
def test_garbage():
    thing = [Session()]
    thing.append(thing)

@pytest.mark.no_leaks
def test_what_a_fixture_of_the_function_holds(store):
    assert store == []
    store.append(Session())

@pytest.mark.no_leaks
def test_what_pytest_gathers(record_property, capsys, caplog, tmp_path, monkeypatch):
    print("printed")
    logging.warning("logged")
    warnings.warn("warned", DeprecationWarning)
    record_property("key", "value")
    monkeypatch.setattr(sys, "something", Session(), raising=False)

@pytest.mark.no_leaks
def test_a_mock():
    mock = unittest.mock.Mock()
    mock(Session())

sizes = iter([100, 60, 20, 5] + 100 * [0])

@pytest.mark.no_leaks
def test_a_cache_that_warms_up():
    CACHE.update((len(CACHE) + i, Session()) for i in range(next(sizes)))

slow = iter(8 * [7] + 100 * [0])

@pytest.mark.no_leaks(rounds=9)
def test_a_cache_that_warms_up_evenly():
    CACHE.update((len(CACHE) + i, Session()) for i in range(next(slow)))

@pytest.mark.no_leaks(allow="test_it.Session")
def test_an_allowed_type():
    LEAKED.append(Session())

@pytest.mark.no_leaks(allow=["test_it.LEAKED"])
def test_an_allowed_place():
    LEAKED.append(Session())

@pytest.mark.no_leaks(types="test_it.Other*")
def test_other_types():
    LEAKED.append(Session())

@pytest.mark.max_growth("test_it.Session", 2)
def test_as_many_as_allowed():
    LEAKED.extend([Session(), Session()])

weak = weakref.WeakValueDictionary()

class Node:
    pass

@pytest.mark.no_leaks
def test_garbage_that_a_registry_knows_of():
    node = weak[len(weak)] = Node()
    node.itself = node

class TestShared:
    @pytest.mark.no_leaks
    def test_class_scope(self, dependent):
        dependent["same"] = Session()

class TestCase(unittest.TestCase):
    def setUp(self):
        self.things = [Session()]

    @pytest.mark.no_leaks
    def test_unittest(self):
        self.things.append(Session())
"""

LEAKING = """
@pytest.mark.no_leaks
def test_one_object():
    print("printed by the last round")
    LEAKED.append(Session())

@pytest.mark.no_leaks
def test_a_cache_and_a_leak():
    CACHE[len(CACHE) % 3] = Session()
    LEAKED.append(Session())

@pytest.mark.no_leaks
def test_fixture(leaking):
    pass

@pytest.mark.no_leaks(types="test_it.*")
def test_type():
    LEAKED.append(Session())

@pytest.mark.max_growth("*.Session", 2)
@pytest.mark.max_growth("*.Nothing", 0)
def test_more_than_allowed():
    LEAKED.extend([Session(), Session(), Session()])

BUFFER = bytearray()

@pytest.mark.no_leaks
def test_bytes():
    BUFFER.extend(b"x" * 5000)

@pytest.mark.no_leaks
def test_ever_new_places():
    setattr(sys.modules[__name__], f"name{len(globals())}", Session())

@pytest.mark.no_leaks
def test_many_places():
    for i in range(12):
        globals().setdefault(f"PLACE_{i}", []).append(Session())

@pytest.mark.no_leaks
@pytest.mark.parametrize("leaks", [False, True])
def test_parameter(leaks):
    if leaks:
        LEAKED.append(Session())

def work(): LEAKED.append(Session())

def test_module(holdfast):
    assert holdfast.snapshot().types("test_it.Nothing").rows == ()
    holdfast.assert_no_growth(work, types="test_it.Session")

class TestShared:
    @pytest.mark.no_leaks
    def test_class_scope(self, dependent):
        dependent.setdefault("growing", []).append(Session())

@pytest.mark.no_leaks
class TestMarked:
    def test_class(self):
        LEAKED.append(Session())

class TestCase(unittest.TestCase):
    @pytest.mark.no_leaks
    def test_unittest(self):
        LEAKED.append(Session())
"""

OTHERS = """
rounds = itertools.count()

@pytest.mark.no_leaks
def test_fails():
    LEAKED.append(Session())
    assert 1 == 2

@pytest.mark.no_leaks
def test_fails_when_repeated():
    assert next(rounds) == 0

@pytest.mark.no_leaks
def test_teardown_fails(store):
    pass

@pytest.mark.no_leaks
def test_setup_fails(no_such_fixture):
    pass

@pytest.mark.no_leaks
def test_skips():
    LEAKED.append(Session())
    pytest.skip("not today")

@pytest.mark.skip
@pytest.mark.no_leaks
def test_is_skipped():
    pass

@pytest.mark.xfail
@pytest.mark.no_leaks
def test_expected_failure():
    assert 0

@pytest.mark.xfail
@pytest.mark.no_leaks
def test_expected_leak():
    LEAKED.append(Session())

@pytest.mark.xfail
@pytest.mark.no_leaks
def test_unexpected_success():
    pass

@pytest.mark.no_leaks(rounds=1)
def test_wrong_rounds():
    pass

@pytest.mark.max_growth("test_it.Session")
def test_wrong_count():
    pass

def test_unmarked():
    LEAKED.append(Session())
"""

ASYNC = """
@pytest.mark.no_leaks
@pytest.mark.asyncio
async def test_asyncio():
    await asyncio.sleep(0)

@pytest.mark.no_leaks
@pytest.mark.asyncio
async def test_asyncio_leaks():
    LEAKED.append(asyncio.get_running_loop().create_future())

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.no_leaks
@pytest.mark.anyio
async def test_anyio():
    await asyncio.sleep(0)

@pytest.mark.no_leaks
@pytest.mark.anyio
async def test_anyio_leaks():
    LEAKED.append(Session())
"""


class Sessions:
    """Sessions of pytest in a folder where holdfast is installed as the wheel installs it."""

    def __init__(self, folder):
        self.folder = folder
        info = folder / "site" / "holdfast-0.1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(build_backend.metadata(build_backend.read_project()))
        (info / "entry_points.txt").write_text(build_backend.entry_points())
        folders = [str(info.parent), os.path.dirname(os.path.dirname(holdfast.__file__)), os.environ["PYTHONPATH"]]
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
        self.environment.pop("PYTEST_CURRENT_TEST", None)

    def run(self, source, *options):
        """{name of the test: (outcome, text of its report)}, and what was printed."""
        (self.folder / "test_it.py").write_text(source)
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no",
                 f"--basetemp={self.folder / 'kept'}", "--junitxml=report.xml", "-ojunit_logging=all", *options]
        done = subprocess.run(words, cwd=self.folder, env=self.environment, text=True, capture_output=True, timeout=500)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        self.printed = done.stdout
        cases = xml.etree.ElementTree.parse(self.folder / "report.xml").iter("testcase")
        return {case.get("name"): self._outcome(case) for case in cases}

    @staticmethod
    def _outcome(case):
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                return child.tag, (child.text or child.get("message")).split("\n-----")[0]
        return "passed", ""


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    return Sessions(tmp_path_factory.mktemp("sessions"))


def is_report(text):
    lines = text.strip().splitlines()
    return "holdfast: this grew in each of" in lines[0] and len(lines) <= MAX_LINES


def test_those_that_pass(sessions):
    outcomes = sessions.run(COMMON + PASSING)
    assert {name: outcome for name, outcome in outcomes.items() if outcome[0] != "passed"} == {}
    assert len(outcomes) == PASSING.count("def test_")
    assert sessions.printed.count("DeprecationWarning: warned") == 1      # of one round


def test_those_that_leak(sessions):
    outcomes = sessions.run(COMMON + LEAKING)
    passed = {name for name, (outcome, _) in outcomes.items() if outcome == "passed"}
    assert passed == {"test_parameter[False]"} and len(outcomes) == LEAKING.count("def test_") + 1
    for name, (outcome, text) in outcomes.items():
        assert name in passed or name == "test_module" or (outcome == "failure" and is_report(text)), (name, text)

    text = outcomes["test_one_object"][1]
    assert re.search(r"^ +\+1 +\+\d+ B  test_it.Session in test_it.LEAKED\[\*\]$", text, re.MULTILINE), text
    assert re.search(r"^  = sys.modules\['test_it'\].LEAKED\[\d+\]$", text, re.MULTILINE), text
    assert "in each of 5 rounds" in text and "printed by the last round" in sessions.printed
    assert "CACHE" not in outcomes["test_a_cache_and_a_leak"][1]
    assert "test_it.LEAKED[*]" in outcomes["test_fixture"][1]
    assert re.search(r"\+3 .*test_it.Session .*, may by 2", outcomes["test_more_than_allowed"][1])
    assert re.search(r"^ +0 +\+4.9 KiB  bytearray in test_it.BUFFER$", outcomes["test_bytes"][1], re.MULTILINE)
    assert re.search(r"^ +\+1 .* test_it.Session", outcomes["test_ever_new_places"][1], re.MULTILINE)
    assert "and 8 more" in outcomes["test_many_places"][1]
    assert "['growing']" in outcomes["test_class_scope"][1]
    assert "holdfast: this grew in each of 5 rounds" in outcomes["test_module"][1]
    assert "_leaks.py" not in outcomes["test_module"][1] and "testing.py" not in outcomes["test_module"][1]


def test_what_is_left(sessions):
    outcomes = sessions.run(COMMON + LEAKING, "-k", "test_one_object or test_module")
    for name in ("test_one_object", "test_module"):
        text = outcomes[name][1]
        snapshot, selector = re.search(r"snapshot  (/\S+/kept/holdfast-\w+/leak.hfs) \(holdfast why leak.hfs (0x\w+)\)",
                                       text).groups()
        path = holdfast.load(snapshot).why(selector=selector).path
        assert path.hops[-1].type == "test_it.Session" and path.expression in text
        assert os.stat(snapshot).st_mode & 0o077 == 0
        picture = re.search(r"picture   (/\S+/leak.svg)", text).group(1)
        assert "LEAKED" in pathlib.Path(picture).read_text()
        assert name in snapshot


def test_other_outcomes(sessions):
    outcomes = sessions.run(COMMON + OTHERS)
    assert {name: outcome for name, (outcome, _) in outcomes.items()} == {
        "test_fails": "failure", "test_fails_when_repeated": "failure", "test_teardown_fails": "error",
        "test_setup_fails": "error", "test_skips": "skipped", "test_is_skipped": "skipped",
        "test_expected_failure": "skipped", "test_expected_leak": "skipped", "test_unexpected_success": "passed",
        "test_wrong_rounds": "error", "test_wrong_count": "error", "test_unmarked": "passed"}
    assert "this grew" not in sessions.printed
    assert "this was round 2 of the same test" in sessions.printed
    assert "rounds is a number from 2 on" in outcomes["test_wrong_rounds"][1]
    assert "the marker of this test is wrong" in outcomes["test_wrong_count"][1]
    assert "1 xpassed" in sessions.printed and "2 xfailed" in sessions.printed


def test_async(sessions):
    pytest.importorskip("pytest_asyncio")
    pytest.importorskip("anyio")
    outcomes = sessions.run(COMMON + ASYNC)
    assert {name: outcome for name, (outcome, _) in outcomes.items()} == {
        "test_asyncio": "passed", "test_asyncio_leaks": "failure", "test_anyio": "passed",
        "test_anyio_leaks": "failure"}
    assert "Future in test_it.LEAKED[*]" in outcomes["test_asyncio_leaks"][1]
    assert is_report(outcomes["test_anyio_leaks"][1])


def test_xdist(sessions):
    pytest.importorskip("xdist")
    outcomes = sessions.run(COMMON + LEAKING, "-n2", "-k", "parameter or one_object or class_scope or unittest")
    assert {name: outcome for name, (outcome, _) in outcomes.items()} == {
        "test_parameter[False]": "passed", "test_parameter[True]": "failure", "test_one_object": "failure",
        "test_class_scope": "failure", "test_unittest": "failure"}
    snapshot = re.search(r"snapshot  (/\S+/leak.hfs)", outcomes["test_one_object"][1]).group(1)
    assert os.path.exists(snapshot)


def test_class_teardown_is_shown_once_and_its_failure_is_an_error(sessions):
    outcomes = sessions.run(COMMON + """
@pytest.fixture(scope="class")
def failing():
    yield
    print("torn down")
    assert 0, "while tearing down"

class TestIt:
    @pytest.mark.no_leaks
    def test_one(self, failing):
        pass

    @pytest.mark.no_leaks
    def test_two(self, failing):
        pass

def test_after():
    pass
""")
    assert [outcome for outcome, _ in outcomes.values()].count("error") == 1
    assert "while tearing down" in sessions.printed and sessions.printed.count("torn down") == 2   # source and output
    assert "3 passed, 1 error" in sessions.printed


def test_options_of_pytest(sessions):
    """What only sets up, what stops at the first, and what orders by duration know of it as of any other test."""
    sessions.run(COMMON + LEAKING, "--setup-show", "-x", "-k", "test_one_object or test_fixture", "--durations=3")
    assert "1 failed" in sessions.printed and re.search(r"\d\.\d+s call +test_it.py::test_one_object", sessions.printed)
    sessions.run(COMMON + LEAKING, "--setup-only", "-k", "test_fixture")
    assert "SETUP    F leaking" in sessions.printed and sessions.printed.count("SETUP    F leaking") == 1


def test_markers_are_registered(sessions):
    outcomes = sessions.run(COMMON + PASSING, "--strict-markers", "-k", "test_nothing")
    assert outcomes == {"test_nothing": ("passed", "")}
