"""What is said to be freed is what a live process frees; and the words of retained() and whatif()."""
import gc
import json
import os
import pathlib
import subprocess
import sys
import threading

import holdfast
import pytest
import retained_shapes

PROGRAM = pathlib.Path(retained_shapes.__file__)

#: What goes as well when the cut is made in a live process, and that no reference tells: weak references that are
#: taken out of a dict, with their keys, because what they referred to died, and the rest of a thread that ends.
BESIDES = {
    "bound_method": {"weakref.ReferenceType", "int"},
    "local_class": {"weakref.ReferenceType", "int"},
    "thread_local_values": {"weakref.ReferenceType", "builtin_function_or_method", "_thread._localdummy", "str"},
    "variable_of_another_thread": None,
}


@pytest.fixture(scope="module")
def measured():
    result = subprocess.run([sys.executable, "-S", PROGRAM], stdout=subprocess.PIPE, text=True, check=True,
                            env={**os.environ, "PYTHONHASHSEED": "0"})
    return {line["shape"]: line for line in map(json.loads, result.stdout.splitlines())}


def test_there_are_many_shapes(measured):
    assert list(measured) == list(retained_shapes.SHAPES) and len(measured) >= 40


@pytest.mark.parametrize("shape", retained_shapes.SHAPES)
def test_what_is_said_to_be_freed_is_freed(measured, shape):
    said, freed = measured[shape]["said"], measured[shape]["freed"]
    besides = BESIDES.get(shape, set())
    for name in {*said, *freed}:
        if besides is None or name in besides:
            assert freed.get(name, [0, 0]) >= said.get(name, [0, 0]), name
        else:
            assert freed.get(name) == said.get(name), name
    if shape == "held_by_another_name":
        assert said == {}
    else:
        assert measured[shape]["blocks"] >= 0.8 * sum(count for count, _ in said.values()) - 100


class Session:
    def __init__(self, number):
        self.number, self.data = number, [f"data {number}"]


CACHE = {("session", i): Session(i) for i in range(50)}


@pytest.fixture(scope="module")
def snap():
    return holdfast.snapshot()


def test_words(snap):
    whole = snap.whatif(f"{__name__}.CACHE")
    assert whole and [row.count for row in whole.types if row.name == f"{__name__}.Session"] == [50]
    assert whole.num_references == 1 and whole.num_targets_kept == 0
    assert snap.whatif(f"sys.modules['{__name__}'].CACHE").count == whole.count
    items = snap.whatif(f"{__name__}.CACHE[*]")
    assert items.num_references == 50 and items.count == whole.count - 1     # the dict stays
    one = snap.whatif(f"{__name__}.CACHE[('session', 7)]")
    assert one.count == snap.retained(CACHE[("session", 7)]).count + 1       # the tuple that is the key
    assert snap.whatif(f"{__name__}.CACHE[*].data").count == 100
    assert snap.whatif([f"{id(CACHE):#x}[('session', 1)]", f"{id(CACHE):#x}[('session', 2)]"]).num_references == 2
    assert snap.retained(selector=f"{__name__}.CACHE").count == snap.retained(CACHE).count
    assert snap.retained(selector=f"{__name__}.Session").cut_count == 50
    assert snap.retained(selector=f"module:{__name__}").count > whole.count
    assert snap.retained(selector="package:encodings").count > snap.retained(selector="module:encodings").count
    with pytest.raises(LookupError, match="did you mean '.data'"):
        snap.whatif(f"{__name__}.CACHE[('session', 7)].date")
    with pytest.raises(LookupError, match="no module 'no_such_module'"):
        snap.whatif("no_such_module.x")
    with pytest.raises(ValueError, match="not understood"):
        snap.whatif(f"{__name__}.CACHE[*")


def test_what_is_kept_says_by_whom(snap):
    one = snap.whatif(f"{__name__}.CACHE[('session', 7)].data", limit=3)
    assert not one.groups and "freed" in str(one) and "without reference" in str(one)
    shared = CACHE[("session", 8)].data
    snapshot = holdfast.snapshot()
    kept = snapshot.whatif(f"{__name__}.CACHE[('session', 8)]")
    assert any("shared" in group.owner for group in kept.groups) and shared
    lost = snapshot.whatif(f"{__name__}.CACHE[('session', 8)].data")
    assert lost.num_targets_kept == 1 and not lost and "is held by others" in str(lost)


def test_threads_and_frames():
    started, go_on = threading.Event(), threading.Event()

    def work():
        payload = bytearray(1000003)
        started.set()
        go_on.wait()
        return payload
    thread = threading.Thread(target=work, name="payload keeper")
    thread.start()
    started.wait()
    snapshot = holdfast.snapshot()
    go_on.set()
    thread.join()
    for word in ("thread:payload keeper", "frame:work", "frame:work:payload", f"thread:{thread.ident}"):
        assert snapshot.retained(selector=word).size_bytes >= 1000003
    with pytest.raises(LookupError, match="did you mean 'payload keeper'"):
        snapshot.retained(selector="thread:payload keepr")


def test_dominators(snap):
    tree = snap.dominators(CACHE, depth=2, limit=3)
    assert tree.rows[0].retained_bytes == tree.total_bytes == snap.retained(CACHE).size_bytes
    assert [row.kind for row in tree][-1] == "rest" and len(tree) == 5
    by_type = snap.dominators(CACHE, by="type", depth=2, limit=None)
    assert any(row.num_objects == 50 and row.type == f"{__name__}.Session" for row in by_type)
    modules = snap.dominators(by="module", depth=1, limit=10 ** 6, min_bytes=1)
    assert sum(row.retained_bytes for row in modules) == modules.total_bytes
    mine, = [row for row in modules if row.reference == __name__]
    assert mine.retained_count == snap.retained(selector=f"module:{__name__}").count
    assert "several of these" in str(modules)
    with pytest.raises(ValueError, match="without a selector"):
        snap.dominators(CACHE, by="module")


def test_garbage_is_listed_by_cycle():
    gc.collect()
    gc.disable()
    try:
        first, second = Session(1), Session(2)
        first.other, second.other, first.payload = second, first, bytearray(100000)
        del first, second
        tree = holdfast.snapshot().dominators(depth=3, limit=100)
    finally:
        gc.enable()
    cycles = [row for row in tree if row.kind == "cycle" and row.retained_bytes > 100000]
    assert len(cycles) == 1 and cycles[0].name == f"cycle of {cycles[0].num_objects} objects"
    members = tree.rows[tree.rows.index(cycles[0]) + 1:][:cycles[0].num_objects]
    assert [row.type for row in members].count(f"{__name__}.Session") == 2
    assert {row.type for row in members} <= {"dict", f"{__name__}.Session"}
