"""Suspects: leaks hidden in half a million objects are named first, and where there is none nothing is."""
import json
import os
import pathlib
import subprocess
import sys
from fnmatch import fnmatchcase

import holdfast
import pytest

import leaks

HERE = pathlib.Path(__file__).parent
STABLE = ["dict_of_an_instance", "set_of_tokens", "linked_list", "lru_cache_on_a_method", "listeners_of_dead_owners",
          "finished_tasks", "local_of_a_running_function", "variables_of_a_module", "shards"]


def answers(names, hash_seed="0"):
    """What holdfast says to the planted leaks, from another process."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed,
                   "PYTHONPATH": os.pathsep.join([str(HERE), os.environ["PYTHONPATH"]])}
    result = subprocess.run([sys.executable, "-c", "import leaks; leaks.main()", *names], env=environment, text=True,
                            capture_output=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(line) for line in result.stdout.splitlines())


@pytest.fixture(scope="module")
def found():
    return answers([*leaks.LEAKS, "clean"])


def fits(pattern, text):
    """A glob in which only * is special."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def test_there_are_enough_of_them():
    assert len(leaks.LEAKS) >= 30


@pytest.mark.parametrize("name", leaks.LEAKS)
def test_the_first_suspect_names_the_planted_reference(found, name):
    _, reference, owner, verdict = leaks.LEAKS[name]
    answer = found[name]
    assert fits(reference, answer["reference"])
    assert answer["owner"] == owner
    assert answer["count"] == 1
    assert answer["owner_file"] == (leaks.__file__ if owner else "")
    if answer["kind"] != "garbage":
        assert ("leaking" in answer["verdicts"]) == (verdict == "leaking")
        assert answer["underlined"]
    if owner:
        assert "leaks.py" in answer["advice"]


def test_nothing_stands_out_in_a_clean_heap_of_that_size(found):
    assert found["clean"] == {}


def test_fingerprints_are_the_same_in_another_process_and_differ_among_leaks(found):
    others = answers(STABLE, hash_seed="1234")
    assert {name: others[name]["fingerprint"] for name in STABLE} == \
           {name: found[name]["fingerprint"] for name in STABLE}
    # finalizers and garbage apart, each leak is another reference
    assert len({answer.get("fingerprint") for answer in found.values()}) == len(found)


def test_known_patterns_are_named(found):
    known = {name: answer["known"] for name, answer in found.items() if answer.get("known")}
    assert known == {
        "queue_that_nobody_drains": "queue-without-limit", "lru_cache_without_a_limit": "lru_cache",
        "lru_cache_on_a_method": "lru_cache", "functions_to_run_at_exit": "atexit",
        "handlers_of_a_logger": "logging-handlers", "handlers_of_a_named_logger": "logging-handlers",
        "tasks_that_sleep": "asyncio-timers", "thread_local": "thread-local",
        "context_variable": "context-variable", "finalizers_that_hold_their_objects": "weakref-finalize",
    }


@pytest.mark.parametrize("name, words", [
    ("tasks_that_sleep", "each of them is the coroutine leaks.tasks_that_sleep.<locals>.wait_for_reply() (leaks.py)."),
    ("functions_behind_their_ids", "such as <function leaks.functions_behind_their_ids.<locals>.receive>"),
    ("garbage_that_is_never_collected", "objects of type leaks."),
])
def test_what_of_the_application_is_in_it(found, name, words):
    assert words in found[name]["text"]


def test_variables_are_looked_for_in_their_function_alone(found):
    assert found["closure_of_a_decorator"]["advice"].startswith(
        "Look first at the variable known of leaks.thumbnail(): the name is used in "
        "remember() and remember.<locals>.wrapper() (leaks.py).")


# ---- one process ----

class Basket:
    """What piles up in these tests."""

    def __init__(self, number):
        self.number, self.things = number, bytearray(3000)


class Shelf:
    def __init__(self):
        self.baskets = []


SHELF = Shelf()


@pytest.fixture
def shelf():
    SHELF.baskets = [Basket(i) for i in range(8000)]
    yield SHELF
    SHELF.baskets = []


def test_the_answer_in_python(shelf):
    suspects = holdfast.snapshot().suspects()
    assert suspects and not suspects.is_comparison
    first = suspects[0]
    assert first.reference == f"{__name__}.Shelf.baskets[*]"
    assert first.kind == "crowd"
    assert first.expression == f"sys.modules['{__name__}'].SHELF.baskets"
    assert (first.unit_type, first.unit_count) == (f"{__name__}.Basket", 8000)
    assert (first.owner_kind, first.owner, first.owner_file) == ("class", f"{__name__}.Shelf", __file__)
    assert first.parts[0].type == "bytearray" and first.parts[0].count == 8000
    assert first.size_bytes > 8000 * 3000
    assert [verdict.verdict for verdict in first.verdicts][0] == "expected"
    assert first.verdicts[0].reason == "module of the application"
    assert [hop.reference for hop, verdict in zip(first.path, first.verdicts) if verdict.is_point] == [".baskets"]
    assert "Shelf.baskets" in first.advice and "8,000 objects" in first.text
    assert repr(first).startswith("Suspect(kind='crowd', ")
    assert "fingerprint " + first.fingerprint in str(suspects)


def test_only_what_is_new_counts_when_compared(shelf):
    old = holdfast.snapshot()
    SHELF.baskets += [Basket(i) for i in range(1500)]
    suspects = holdfast.snapshot().suspects(old)
    first = suspects[0]
    assert suspects.is_comparison
    assert first.reference == f"{__name__}.Shelf.baskets[*]"
    assert first.unit_count == 1500
    assert "1,500 new objects" in first.text
    assert "It had 8,000 items in the older snapshot." in first.text
    assert 1500 * 3000 < first.size_bytes < 2 * 1500 * 3000


def test_nothing_is_new_when_nothing_was_made(shelf):
    old = holdfast.snapshot()
    suspects = holdfast.snapshot().suspects(old)
    assert not suspects and suspects.holders
    assert "nothing stands out" in str(suspects)


def test_limits(shelf):
    snap = holdfast.snapshot()
    assert snap.suspects(threshold=0.99).suspects == ()
    many = snap.suspects(threshold=0.0001, limit=3)
    assert len(many) == 3 and many.num_all_suspects > 3
    assert f"{many.num_all_suspects} suspects, 3 shown" in str(many)
    assert len(snap.suspects(parts=2)[0].parts) == 2


def test_patterns_of_ones_own_come_first(shelf):
    snap = holdfast.snapshot()
    pattern = f"name: baskets\nreference: *.Shelf.baskets\nholds: python >=3.0\nnote: Empty the shelf at night."
    first = snap.suspects(patterns=pattern)[0]
    assert first.known == "baskets"
    assert "Known pattern baskets (python >=3.0): Empty the shelf at night." in first.advice
    assert snap.suspects(patterns=pattern.replace(">=3.0", ">=99"))[0].known == ""
    assert "does not tell" in snap.suspects(patterns=pattern.replace("python", "shelves"))[0].advice


@pytest.mark.parametrize("patterns, message", [
    ("name: x\n", "line 2 of the known patterns ends a pattern that lacks"),
    ("colour: red\n", "line 1 of the known patterns begins with none of"),
    ("\n# fine\nname x\n", "line 3 of the known patterns is not of the form"),
    ("name: x\nname: y\n", "line 2 of the known patterns says a second time"),
    ("holds: python 3.9\n", "line 1 of the known patterns has a condition"),
])
def test_patterns_that_cannot_be_read(patterns, message):
    with pytest.raises(ValueError, match=message):
        holdfast.snapshot().suspects(patterns=patterns)


@pytest.mark.parametrize("threshold", [0, 1, -0.5, 10, float("nan")])
def test_a_threshold_is_a_share(threshold):
    with pytest.raises(ValueError, match="between 0 and 1"):
        holdfast.snapshot().suspects(threshold=threshold)


def test_wrong_arguments():
    snap = holdfast.snapshot()
    with pytest.raises(TypeError, match="compares with a Snapshot, not with str"):
        snap.suspects("old.hfs")
    with pytest.raises(TypeError):
        snap.suspects(threshold="much")


def test_without_previews_it_says_what_it_does_not_know(shelf):
    suspects = holdfast.snapshot(previews=False).suspects()
    assert "does not tell the files of modules" in suspects.note
    assert suspects[0].reference == f"{__name__}.Shelf.baskets[*]"


def test_snapshots_of_two_processes_are_not_compared(runner):
    program = runner.write("dump.py", "import holdfast, sys; holdfast.dump(sys.argv[1])")
    for name in ["one.hfs", "two.hfs"]:
        assert runner.plain(str(program), name, env={**runner.environment,
                                                     "PYTHONPATH": os.environ["PYTHONPATH"]}).returncode == 0
    one, two = (holdfast.load(runner.folder / name) for name in ["one.hfs", "two.hfs"])
    with pytest.raises(ValueError, match="of two processes"):
        two.suspects(one)


REAL = """
import holdfast, django, sqlalchemy.orm, numpy, json, email.message, http.server, unittest.mock, asyncio, decimal
from django.conf import settings
settings.configure(SECRET_KEY="x", INSTALLED_APPS=[f"django.contrib.{a}" for a in ("admin", "auth", "contenttypes",
                                                                                     "sessions", "messages")])
django.setup()
holdfast.dump("real.hfs")
"""


def test_nothing_stands_out_in_real_programs(runner):
    for name, source in [("real.py", REAL), ("bare.py", "import holdfast; holdfast.dump('bare.hfs')")]:
        result = runner.plain(str(runner.write(name, source)),
                              env={**runner.environment, "PYTHONPATH": os.environ["PYTHONPATH"]})
        assert result.returncode == 0, result.stderr
    for name in ["real.hfs", "bare.hfs"]:
        suspects = holdfast.load(runner.folder / name).suspects()
        assert suspects.suspects == (), str(suspects)
        assert len(suspects.holders) == 5


# ---- the samples ----

SAMPLES = {
    "cached_method": "__main__.Report.total<cache>*", "class_default": "__main__.Cart.items[*]",
    "closure": "__main__.AT_SHUTDOWN[*]", "generator": "__main__.SESSIONS[*]",
    "listener": "__main__.Feed._listeners[*]", "registry": "__main__.CONNECTIONS[*]",
    "stored_exception": "__main__.FAILURES[*]", "task": "asyncio.*EventLoop._scheduled[*]",
    "thread_frame": "send_all() local 'invoices'[*]", "thread_local": "__main__.STATE<*>[*]",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(runner, name):
    """They leak little, some below a hundredth of a bare interpreter: the first that the application holds is meant."""
    sample = HERE.parent.parent / "samples" / "leaks" / f"{name}.py"
    result = runner.watched(["-o", "out.hfs"], str(sample))
    assert "holdfast: wrote" in result.stderr
    suspects = holdfast.load(runner.folder / "out.hfs").suspects(threshold=0.002, limit=1000)
    first = next(suspect for suspect in suspects if suspect.owner)
    assert fits(SAMPLES[name], first.reference)
    assert pathlib.Path(first.owner_file).name == sample.name
