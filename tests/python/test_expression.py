"""Expressions are evaluated in the process they speak about and give the very object, for every kind of reference."""
import gc
import random
import sys
import threading
import types

import holdfast
import pytest

from oracle import kinds
from oracle.kinds import GAP, KINDS, Target
from oracle.kinds.frames import generator, started


@pytest.fixture(scope="module")
def held():
    """Each owner in a module of its own, one snapshot of them all, and the addresses of the targets alone."""
    addresses = {}
    for kind, (make, _) in KINDS.items():
        target = Target()
        module = sys.modules[f"kinds.{kind}"] = types.ModuleType("kinds")
        module.held = make(target)
        addresses[kind] = id(target)
        del target, module
    yield holdfast.snapshot(), addresses
    for kind in KINDS:
        del sys.modules[f"kinds.{kind}"]
    kinds.forget()


@pytest.mark.parametrize("kind", [kind for kind, (_, part) in KINDS.items() if part is not GAP])
def test_kind(kind, held):
    snapshot, addresses = held
    path = snapshot.why(selector=hex(addresses[kind])).paths[0]
    assert path.expression, path.expression_gap
    assert id(eval(path.expression, {"sys": sys})) == addresses[kind], path.expression
    if KINDS[kind][1] is not None:
        assert KINDS[kind][1] in path.expression, path.expression


@pytest.mark.parametrize("kind", [kind for kind, (_, part) in KINDS.items() if part is GAP])
def test_gap_is_told(kind, held):
    snapshot, addresses = held
    path = snapshot.why(selector=hex(addresses[kind])).paths[0]
    assert path.expression == ""
    assert "field of C code" in path.expression_gap


def test_two_keys_with_one_value_are_two_names():
    target = Target()
    module = sys.modules["kinds.twice"] = types.ModuleType("kinds")
    module.held = {"a": target, 7: target, "other": None, "b": target}
    try:
        dot = holdfast.snapshot().graph(target, depth=1).dot
    finally:
        del sys.modules["kinds.twice"]
    assert all(f"[{key!r}]" in dot for key in ("a", 7, "b")) and "'other'" not in dot


def test_variable_of_another_thread():
    ready, done = threading.Event(), threading.Event()
    address = []

    def outer():
        job = Target()
        address.append(id(job))
        inner(started(generator(None)))
        return job

    def inner(_):
        ready.set()
        done.wait()

    thread = threading.Thread(target=outer, name="worker")
    thread.start()
    try:
        ready.wait()
        path = holdfast.snapshot().why(selector=hex(address[0])).paths[0]
        assert "thread worker, " in path.root and "local 'job'" in path.root
        assert id(eval(path.expression, {"sys": sys})) == address[0]
    finally:
        done.set()
        thread.join()


def test_own_variable():
    def deeper(depth):
        kept = Target()
        if depth > 0:
            return deeper(depth - 1)
        path = holdfast.snapshot().why(selector=hex(id(kept))).paths[0]
        assert "local 'kept'" in path.root
        return eval(path.expression, {"sys": sys}) is kept

    assert deeper(3)


def test_many_objects_of_the_heap():
    """Each expression of a sample of the process gives the object; none raises."""
    import asyncio, decimal, email.message, http.client, json, unittest.mock  # noqa: F401, E401 (more to look at)
    gc.collect()
    sample = random.Random(7).sample(gc.get_objects(), 400)
    snapshot = holdfast.snapshot()
    expressed = hidden = 0
    for thing in sample:
        try:
            paths = snapshot.why(thing, paths=2).paths
        except LookupError:  # holdfast's own objects are in the sample and never in a snapshot
            hidden += 1
            continue
        for path in paths:
            if path.expression:
                expressed += 1
                assert eval(path.expression, {"sys": sys}) is thing, path.expression
            else:
                assert path.expression_gap
    assert hidden < 20
    assert expressed > 400
