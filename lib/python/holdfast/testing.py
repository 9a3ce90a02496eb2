"""Tests that fail on leaks: holdfast.assert_no_growth(), for unittest and whatever else runs tests.

pytest has markers for it as well: see holdfast.pytest_plugin.
"""
import functools
import gc
import inspect
import os
from typing import TYPE_CHECKING, TypeVar, overload

from holdfast._core import growth
from holdfast._leaks import ROUNDS, Limits, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Function = TypeVar("Function", bound="Callable[..., object]")

#: Gives the folder for what a failure leaves; the pytest plugin sets it to one in pytest's temporary folder.
make_folder = None

ONE_PASS = ("one pass does not tell a leak from a cache that fills: "
            "assert_no_growth(function) repeats, and does")


class assert_no_growth:
    """Fail with an AssertionError when objects are left, and say what holds them.

        holdfast.assert_no_growth(function)          calls it round after round: what grows in each is a leak

        @holdfast.assert_no_growth()                 the same whenever the function is called, or awaited
        def test_checkout(self): ...

        with holdfast.assert_no_growth(types="shop.models.*"):
            checkout()                               compares before and after

    The function is called once to warm up, and then until nothing grew any more, or for `rounds` rounds in each of
    which the same grew; for three times as many where that does not tell. A block can be run only once: it fails for
    whatever there is more of after a collection than before it, caches that fill included, so name the types; with
    `rounds` it is a TypeError.

    types      only objects of these types count: names or patterns ("shop.models.*"), one or several
    allow      types, or places as reports print them ("shop.cache.Cache._shards"), that may grow; with `types` objects
               are counted wherever they are, and no place is looked at
    rounds     5 by default, 2 at least
    folder     where to leave the snapshot and the picture of a leak, made if it is missing; under pytest, default in
               its temporary folder

    ValueError and TypeError for arguments that make no sense, such as a generator function, which does nothing when it
    is called, or `types` that name none. An exception of the function or block goes through, and nothing is said about
    growth. Cost of a round: a gc.collect() and a snapshot.
    """

    @overload
    def __new__(cls, function: None = None, /, *, types: "str | Iterable[str] | None" = None,
                allow: "str | Iterable[str]" = (), rounds: "int | None" = None,
                folder: "str | os.PathLike[str] | None" = None) -> "assert_no_growth": ...

    @overload
    def __new__(cls, function: "Callable[[], object]", /, *, types: "str | Iterable[str] | None" = None,
                allow: "str | Iterable[str]" = (), rounds: "int | None" = None,
                folder: "str | os.PathLike[str] | None" = None) -> None: ...

    def __new__(cls, function=None, /, *, types=None, allow=(), rounds=None, folder=None):
        self = super().__new__(cls)
        self._limits = Limits(types, allow, ROUNDS if rounds is None else rounds)
        if types is not None and not any(word for word, _ in self._limits.types):
            raise ValueError(f"types={types!r} names no type, so that nothing would count: without it everything does")
        self._rounds = rounds
        self._folder = None if folder is None else os.fspath(folder)
        self._block = None
        if function is None:
            return self
        __tracebackhide__ = True
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"calling {function!r} runs nothing until it is awaited: decorate it with "
                            "@holdfast.assert_no_growth(), and await it")
        self(function)()
        return None

    def __call__(self, function: Function) -> Function:
        """Decorate: repeat the function whenever it is called."""
        if not callable(function):
            raise TypeError(f"assert_no_growth takes a function, not {function!r}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"calling {function!r} runs nothing until it is iterated: take a function that does that")
        if inspect.iscoroutinefunction(function):
            @functools.wraps(function)
            async def repeat(*args, **kwargs):
                __tracebackhide__ = True
                rounds = Rounds(self._limits)
                for _ in rounds:
                    await function(*args, **kwargs)
                self._check(rounds)
        else:
            @functools.wraps(function)
            def repeat(*args, **kwargs):
                __tracebackhide__ = True
                rounds = Rounds(self._limits)
                for _ in rounds:
                    function(*args, **kwargs)
                self._check(rounds)
        return repeat

    def __enter__(self) -> "assert_no_growth":
        if self._rounds is not None:
            raise TypeError(f"a block runs once, rounds={self._rounds} cannot repeat it: give a function to "
                            "assert_no_growth(), or decorate one")
        if self._block is not None:
            raise RuntimeError("this assert_no_growth is in use: make another one")
        self._block = _block()
        self._block.send(None)
        return self

    def __exit__(self, kind: object, error: "BaseException | None", traceback: object) -> None:
        __tracebackhide__ = True
        block, self._block = self._block, None
        if error is not None:
            block.close()
            return
        result = next(block)       # by itself: what a longer expression holds meanwhile would count as held
        leaks = self._limits.judge(result)
        if leaks:
            self._fail(leaks, f"holdfast: this grew in the block, after a collection ({ONE_PASS})")

    def _check(self, rounds):
        __tracebackhide__ = True
        if rounds.leaks:
            self._fail(rounds.leaks, headline(rounds))

    def _fail(self, leaks, first_line):
        __tracebackhide__ = True
        from holdfast._leak_report import report
        folder = self._folder or (make_folder() if make_folder else None)
        raise AssertionError(report(leaks, first_line, folder))


def _block():
    """The two halves of a block. A `with` statement is what growth() expects to be used by."""
    import holdfast.results  # noqa: F401  else the block would import it
    gc.collect()
    with growth(limit=None) as grown:
        yield
        gc.collect()
    yield grown.result


def headline(rounds):
    return f"holdfast: this grew in each of {rounds.number} rounds, after one to warm up"
