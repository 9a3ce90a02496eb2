"""holdfast.assert_no_growth(): around a function, as a decorator, as a block."""
import asyncio
import functools
import inspect
import os
import re
import subprocess
import sys
import unittest

import holdfast
import pytest
from holdfast import _leaks, testing

LEAKED = []
CACHE = {}
CALLS = []


class Session:
    pass


def leak(count=1):
    LEAKED.extend(Session() for _ in range(count))


def work():
    CALLS.append(None)
    CALLS.clear()


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.setattr(testing, "make_folder", None)      # as without the plugin
    yield
    LEAKED.clear()
    CACHE.clear()
    CALLS.clear()


def failure_of(function, *args, **kwargs):
    with pytest.raises(AssertionError) as caught:
        function(*args, **kwargs)
    text = str(caught.value)
    assert len(text.splitlines()) <= 20, text
    return text


def test_a_function():
    assert holdfast.assert_no_growth(work) is None
    text = failure_of(holdfast.assert_no_growth, leak)
    assert text.startswith("holdfast: this grew in each of 5 rounds, after one to warm up\n")
    assert len(LEAKED) == 6
    assert re.search(rf"^ +\+1 .* {__name__}.Session in {__name__}.LEAKED\[\*\]$", text, re.MULTILINE)
    assert f"list {__name__}.LEAKED: 1 → 6 items" in text
    assert f"= sys.modules['{__name__}'].LEAKED[5]" in text


def test_it_ends_when_nothing_grew():
    calls = []

    def counted():
        calls.append(None)
        if len(calls) < 4:
            leak()

    holdfast.assert_no_growth(counted, types=f"{__name__}.Session")
    assert len(calls) == 4


def test_rounds_and_a_block():
    """A with statement runs its body once, whatever it is given."""
    has_run = []
    with pytest.raises(TypeError, match="a block runs once, rounds=7 cannot repeat it"):
        with holdfast.assert_no_growth(rounds=7):
            has_run.append(True)
    assert not has_run
    assert "in each of 7 rounds" in failure_of(holdfast.assert_no_growth(rounds=7)(leak))


def test_rounds():
    failure_of(holdfast.assert_no_growth, leak, rounds=2)
    assert len(LEAKED) == 3


def test_what_slows_down_is_given_time():
    sizes = iter([500, 200, 90, 40, 20, 9, 4, 2, 1, 0, 0, 0])

    def fill():
        start = len(CACHE)
        CACHE.update((start + i, Session()) for i in range(next(sizes)))

    holdfast.assert_no_growth(fill)
    assert len(CACHE) == 866


def test_a_cache_that_is_as_large_as_it_gets():
    cached = functools.lru_cache(maxsize=3)(lambda number: Session())
    numbers = iter(range(100))
    holdfast.assert_no_growth(lambda: cached(next(numbers)), types=f"{__name__}.Session")
    assert cached.cache_info().currsize == 3


def test_a_decorator():
    class Case(unittest.TestCase):
        @holdfast.assert_no_growth()
        def test_clean(self):
            """Documented."""
            self.thing = Session()

        @holdfast.assert_no_growth(types="*.Session")
        def test_leaking(self):
            leak(2)

    assert Case.test_clean.__name__ == "test_clean" and Case.test_clean.__doc__ == "Documented."
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert result.testsRun == 2 and not result.errors
    (case, text), = result.failures
    assert "test_leaking" in str(case) and "+2" in text


def test_a_decorated_coroutine():
    @holdfast.assert_no_growth()
    async def clean():
        await asyncio.sleep(0)

    @holdfast.assert_no_growth()
    async def leaking():
        await asyncio.sleep(0)
        leak()

    assert inspect.iscoroutinefunction(clean)
    asyncio.run(clean())
    assert "Session in" in failure_of(asyncio.run, leaking())


def test_a_block():
    with holdfast.assert_no_growth(types=f"{__name__}.*"):
        sum(range(10))
    with holdfast.assert_no_growth():
        pass
    before = holdfast.assert_no_growth(types=f"{__name__}.*")

    def block():
        with before:
            leak(3)

    text = failure_of(block)
    assert "one pass does not tell a leak from a cache that fills" in text and "after a collection" in text
    assert re.search(rf"^ +\+3 .* {__name__}.Session", text, re.MULTILINE)
    with before:      # again
        pass


def test_a_block_collects_first_and_last():
    def cycle():
        thing = Session()
        thing.itself = thing
        return thing

    cycle()
    with holdfast.assert_no_growth(types=f"{__name__}.Session"):
        cycle()


def test_the_exception_of_the_block_or_function():
    with pytest.raises(ZeroDivisionError):
        with holdfast.assert_no_growth():
            leak()
            1 / 0
    with pytest.raises(ZeroDivisionError):
        holdfast.assert_no_growth(lambda: (leak(), 1 / 0))


def test_a_block_in_itself():
    block = holdfast.assert_no_growth(types="*.Session")
    with block:
        with pytest.raises(RuntimeError, match="in use"):
            block.__enter__()


def test_what_gets_larger():
    """Bytes count where a type is named, and not where a number of objects is."""
    buffer = CACHE["buffer"] = bytearray()
    text = failure_of(holdfast.assert_no_growth, lambda: buffer.extend(b"x" * 10000), types="bytearray")
    assert re.search(rf"^ +0 +\+9\.\d KiB  bytearray in {__name__}.CACHE", text, re.MULTILINE), text
    limits = _leaks.Limits(types=())
    limits.add("bytearray", 0)
    rounds = _leaks.Rounds(limits)
    for _ in rounds:
        buffer.extend(b"x" * 10000)
    assert rounds.leaks == [] and rounds.number == 1


def test_allow():
    for allow in ("*.Session", [f"{__name__}.Session"], f"{__name__}.LEAKED", {f"{__name__}.LEAKED[*]"}):
        holdfast.assert_no_growth(leak, allow=allow)
    failure_of(holdfast.assert_no_growth, leak, allow=("*.Other", "LEAKED"))
    for other_place in (f"{__name__}.LEAK", f"{__name__}.", ""):
        failure_of(holdfast.assert_no_growth, leak, allow=other_place)


def test_wrong_arguments():
    for arguments, error in [({"types": [5]}, TypeError), ({"allow": 5}, TypeError), ({"rounds": 1}, ValueError),
                             ({"rounds": 2.5}, ValueError), ({"types": 3}, TypeError), ({"types": []}, ValueError),
                             ({"types": ""}, ValueError), ({"folder": 3}, TypeError)]:
        with pytest.raises(error):
            holdfast.assert_no_growth(**arguments)
    with pytest.raises(TypeError, match="takes a function"):
        holdfast.assert_no_growth(5)


def test_functions_that_do_nothing_when_called():
    """A test that cannot fail is refused."""
    async def coroutine():
        leak()

    def generator():
        yield leak()

    async def asynchronous_generator():
        yield leak()

    with pytest.raises(TypeError, match="await it"):
        holdfast.assert_no_growth(coroutine)
    for function in (generator, asynchronous_generator):
        with pytest.raises(TypeError, match="until it is iterated"):
            holdfast.assert_no_growth(function)
        with pytest.raises(TypeError, match="until it is iterated"):
            holdfast.assert_no_growth()(function)


def test_the_folder(tmp_path):
    text = failure_of(holdfast.assert_no_growth, leak, folder=str(tmp_path))
    assert f"  picture   {tmp_path}/leak.svg" in text
    assert holdfast.load(tmp_path / "leak.hfs").why(selector=f"{id(LEAKED[-1]):#x}").expression in text
    assert "folder=" in failure_of(holdfast.assert_no_growth, leak)
    failure_of(holdfast.assert_no_growth, leak, folder=tmp_path / "made" / "here")
    assert (tmp_path / "made" / "here" / "leak.hfs").exists()


def test_where_there_is_no_graphviz(tmp_path, monkeypatch):
    save = holdfast.Picture.save

    def without(self, path, **options):
        if not str(path).endswith(".dot"):
            raise NotImplementedError("no Graphviz")
        save(self, path, **options)

    monkeypatch.setattr(holdfast.Picture, "save", without)
    assert "leak.dot" in failure_of(holdfast.assert_no_growth, leak, folder=str(tmp_path))
    assert "digraph" in (tmp_path / "leak.dot").read_text()


def test_long_paths_and_many_places_stay_short(tmp_path):
    nested = CACHE
    for i in range(30):
        nested = nested.setdefault(i, {})

    def deep():
        nested[len(nested)] = Session()
        for i in range(10):
            vars(sys.modules[__name__]).setdefault(f"PLACE_{i}", []).append(bytearray(1))

    text = failure_of(holdfast.assert_no_growth, deep, folder=str(tmp_path))
    assert "more" in text
    assert re.search(r"\.\.\. \d+ references", failure_of(holdfast.assert_no_growth, deep, types="*.Session",
                                                          folder=str(tmp_path)))
    for i in range(10):
        delattr(sys.modules[__name__], f"PLACE_{i}")


def test_nothing_of_it_is_loaded_with_holdfast():
    script = ("import sys, holdfast; assert 'holdfast.testing' not in sys.modules; holdfast.assert_no_growth; "
              "print('pytest' in sys.modules, 'holdfast.testing' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "False True\n"
