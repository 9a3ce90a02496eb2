"""The pytest plugin: tests that fail on leaks. Loaded when holdfast is installed, and silent until it is used.

    @pytest.mark.no_leaks                                    nothing may grow
    @pytest.mark.no_leaks(types="shop.*", allow="shop.Log")  of these types, but for that one
    @pytest.mark.max_growth("shop.models.Session", 0)        objects of that type, or of a pattern, per round
    def test_checkout(holdfast): ...                         the module: holdfast.assert_no_growth(function) and others

A marked test that passes runs again, as if it stood in the file that many times: the fixtures of the function are set
up before each round and torn down after it, so what they leak counts and what they hold does not; those of the class,
module and session stay. It ends when nothing grew any more, mostly after two runs, or fails after six. One report is
made. A test that fails, is skipped or fails as expected is reported as it is, from the round in which it did.
"""
import contextlib
import os
import re
import tempfile
import time
import warnings

import pytest
from _pytest.runner import runtestprotocol

from holdfast import testing
from holdfast._leaks import Limits, Rounds

MARKERS = {
    "no_leaks": "no_leaks(types=None, allow=(), rounds=5): fail when objects are left in every round of the test "
                "(holdfast)",
    "max_growth": "max_growth(type, count): fail when more than `count` objects of a type are left in every round of "
                  "the test (holdfast)",
}

# Lists of pytest that get longer with each run of a test until the class or module ends: see FixtureDef.execute().
MACHINERY = ("_pytest.runner.SetupState.stack", "_pytest.fixtures.FixtureDef._finalizers")


@pytest.fixture(scope="session")
def holdfast():
    """The module holdfast. What its assert_no_growth() finds is left in pytest's temporary folder."""
    import holdfast as module
    return module


def pytest_configure(config):
    for text in MARKERS.values():
        config.addinivalue_line("markers", text)
    previous = testing.make_folder

    def restore():
        testing.make_folder = previous

    testing.make_folder = lambda: _make_folder(config, os.environ.get("PYTEST_CURRENT_TEST", "test"))
    config.add_cleanup(restore)


def _make_folder(config, test):
    """A folder of the test in pytest's temporary folder, which keeps those of the last three sessions."""
    test = re.sub(r" \((setup|call|teardown)\)$", "", test.rpartition("::")[2])
    name = "holdfast-" + re.sub(r"\W+", "_", test)[:40].strip("_")
    factory = getattr(config, "_tmp_path_factory", None)         # None: -p no:tmpdir
    return str(factory.mktemp(name)) if factory else tempfile.mkdtemp(prefix=name + "-")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    marks = [mark for mark in item.iter_markers() if mark.name in MARKERS]
    if not marks or item.config.getoption("setuponly", False):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = _reports(item, marks)
    reports += _tear_down_the_rest(item, nextitem)
    for each in reports:
        item.ihook.pytest_runtest_logreport(report=each)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports(item, marks):
    """The reports of setup, call and teardown; the first alone if it failed."""
    try:
        rounds = Rounds(_limits(marks))
    except (TypeError, ValueError) as error:
        return [_failure(item, "setup", f"holdfast: the marker of this test is wrong: {error}")]
    start, num_properties = time.perf_counter(), len(item.user_properties)
    for number, _ in enumerate(rounds):
        reports = _run_once(item, number, num_properties)
        if not _has_passed(reports):
            if number:
                unlike = next(each for each in reports if not each.passed)
                unlike.sections.append(("holdfast", f"this was round {number + 1} of the same test"))
            return reports
    if rounds.leaks:
        from holdfast._leak_report import report
        folder = _make_folder(item.config, item.nodeid)
        reports[1] = _failure(item, "call", report(rounds.leaks, testing.headline(rounds), folder))
    reports[1].duration = time.perf_counter() - start
    return reports


def _limits(marks):
    no_leaks = next((mark for mark in marks if mark.name == "no_leaks"), None)       # the nearest one counts
    limits = Limits(*no_leaks.args, **no_leaks.kwargs) if no_leaks else Limits(types=())
    for mark in marks:
        if mark.name == "max_growth":
            limits.add(*mark.args, **mark.kwargs)
    limits.allow += MACHINERY
    return limits


def _run_once(item, number, num_properties):
    """Set the test up, call it and tear it down, with nothing left that pytest gathers of each run."""
    item._report_sections.clear()
    del item.user_properties[num_properties:]
    with warnings.catch_warnings(record=True) if number else contextlib.nullcontext():   # the first round's are shown
        return runtestprotocol(item, log=False, nextitem=item.parent)


def _tear_down_the_rest(item, nextitem):
    """Rounds end what belongs to the function: this ends what the next test does not share. A report if that fails."""
    capture = item.config.pluginmanager.getplugin("capturemanager")
    with capture.item_capture("teardown", item) if capture else contextlib.nullcontext():
        call = pytest.CallInfo.from_call(lambda: item.session._setupstate.teardown_exact(nextitem), when="teardown",
                                         reraise=(pytest.exit.Exception, KeyboardInterrupt))
    return [item.ihook.pytest_runtest_makereport(item=item, call=call)] if call.excinfo else []


def _has_passed(reports):
    return len(reports) == 3 and all(each.passed for each in reports)


def _failure(item, when, text):
    call = pytest.CallInfo.from_call(lambda: pytest.fail(text, pytrace=False), when=when)
    return item.ihook.pytest_runtest_makereport(item=item, call=call)
