"""A snapshot changes nothing in the process, runs none of its code, and does not see itself."""
import gc
import json
import pathlib
import subprocess
import sys
import threading
import time

import holdfast
import pytest


def run(*words):
    done = subprocess.run([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True, timeout=300,
                          cwd=pathlib.Path(__file__).parent)
    assert done.returncode == 0
    return json.loads(done.stdout)


@pytest.mark.parametrize("heap, method", [("real", "walk"), ("zoo", "walk"), ("zoo", "copy")])
def test_nothing_changes(heap, method):
    """References, reference counts, sizes, marks and counts of the collector, dicts of instances, allocated blocks."""
    report = run("oracle.untouched", heap, method)
    control, snapshot = report["control"], report["snapshot"]
    assert report["objects"] > 100_000
    assert snapshot["changed"] == control["changed"] == []
    assert snapshot["dicts"] == 0
    assert snapshot["stats"][0] == snapshot["stats"][1]
    assert (snapshot["made"], snapshot["blocks"]) == (control["made"], control["blocks"])
    assert snapshot["refcounts"] == {**control["refcounts"], report["type"]: 1}     # the class of the snapshot itself


@pytest.mark.parametrize("method", ["walk", "copy"])
def test_no_code_of_the_program_runs(method, tmp_path):
    """Objects that note all that is done to them, where names, keys, sizes and values are looked for."""
    report = run("oracle.hostile", method, str(tmp_path))
    assert report["taken"] == []
    assert report["asked"] == []
    assert report["working"] == ["Armedobject.__repr__", "Armedlist.__len__", "Armedstr.__sizeof__",
                                 "Armedobject.__getattribute__", "Armedobject.__class__", "metaclass.__getattribute__"]
    assert report["alive"] == 3      # the garbage too


def test_other_threads_keep_running():
    counts = [0] * 3
    stop = threading.Event()

    def work(i):
        things = []
        while not stop.is_set():
            things.append({"number": counts[i], "list": [counts[i]]})
            del things[:-100]
            counts[i] += 1

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(counts))]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            before = list(counts)
            info = holdfast.snapshot().info()
            assert info.origin.num_exact > 0.9 * info.origin.num_checked
            assert len(info.threads) >= 4
            while any(now == then for now, then in zip(counts, before)):
                time.sleep(0.001)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_exceptions_stay():
    """A snapshot between raise and except, and one of objects whose __sizeof__ in C fails."""
    try:
        raise KeyError("kept")
    except KeyError as error:
        holdfast.snapshot()
        assert sys.exc_info()[1] is error
        with pytest.raises(RuntimeError) as raised:
            holdfast.snapshot()
            raise RuntimeError
        assert raised.value.__context__ is error


def test_the_tool_is_not_in_its_picture(tmp_path):
    """Modules, classes, snapshots and answers, also those that the program keeps."""
    first = holdfast.snapshot()
    kept = [first, first.info(), first.types(), first.why(gc), first.graph(gc), first.find(gc)]
    second = holdfast.snapshot()
    second.save(tmp_path / "heap.hfs")
    assert [row.name for row in second.types() if "holdfast" in row.name] == []
    assert [thread.function for thread in second.info().threads if "holdfast" in thread.file] == []
    assert [node.value for node in second.find(selector="module") if "holdfast" in node.value] == []
    with pytest.raises(LookupError):
        second.find(holdfast)
    with pytest.raises(LookupError):
        second.find(kept[1])
    assert second.find(kept)[0].num_references < len(kept)


def test_a_finalizer_may_try(tmp_path):
    """While the collector runs there is no snapshot, and the error says so."""
    told = []

    class Cycle:
        def __del__(self):
            try:
                holdfast.snapshot()
            except RuntimeError as error:
                told.append(str(error))

    cycle = Cycle()
    cycle.self = cycle
    del cycle
    gc.collect()
    assert len(told) == 1 and "garbage collector is running" in told[0]
    assert holdfast.snapshot()
