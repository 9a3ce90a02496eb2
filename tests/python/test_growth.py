"""holdfast.diff() and holdfast.growth(): what grew in this process, and in files."""
import gc
import os
import subprocess
import sys
import threading
import tracemalloc

import holdfast
import pytest

MARKED = []


class Marked:
    def __init__(self):
        self.parts = [object(), object()]


class Quiet:
    """Runs work() with the collector off, so that nothing but the work changes the heap."""

    def __enter__(self):
        gc.collect()
        gc.disable()

    def __exit__(self, *unused):
        gc.enable()


def grown_around(work, steps=0, **options):
    with Quiet():
        with holdfast.growth(**options) as g:
            for _ in range(steps or 1):
                work()
                if steps:
                    g.step()
    return g.result


@pytest.fixture(autouse=True)
def clean():
    MARKED.clear()
    yield
    MARKED.clear()


def test_nothing():
    for steps in (0, 3):
        grown_around(lambda: None, steps)         # the first time the interpreter makes things ready
        growth = grown_around(lambda: None, steps)
        assert (growth.count_growth, growth.bytes_growth, growth.places, growth.grown) == (0, 0, (), ())


def test_one_step():
    grown_around(lambda: None)
    growth = grown_around(lambda: MARKED.extend(Marked() for _ in range(10)))
    row, place = growth[f"{__name__}.Marked"], growth.places[0]
    assert (row.count_growth, row.counts, row.num_new, row.num_gone, row.trend) == (10, (0, 10), 10, 0, "grew")
    assert row.bytes_growth == 10 * sys.getsizeof(MARKED[0])
    assert (place.type, place.num_types, place.pattern) == (row.name, 1, f"{__name__}.MARKED[*]")
    assert place.count_growth == place.count == 10 and place.all_count_growth == 10 * 4
    assert (place.container, place.container_type, place.length_then, place.length_now) == \
        (f"{__name__}.MARKED", "list", 0, 10)
    assert place.example_addr in map(id, MARKED) and place.trend == "grew"
    assert growth.steady == () and growth.num_steps == 1
    assert growth["object"].count_growth == 20
    parts = sum(sys.getsizeof(marked) + sys.getsizeof(marked.parts) for marked in MARKED)
    assert place.bytes_growth == parts + 20 * sys.getsizeof(object()) + sys.getsizeof(MARKED) - sys.getsizeof([])


def test_steps():
    growth = grown_around(lambda: MARKED.append(Marked()), steps=4)
    place, = growth.steady
    assert place.pattern == f"{__name__}.MARKED[*]" and place.count_steps == (1, 1, 1, 1)
    assert place.count_per_step == 1 and growth[f"{__name__}.Marked"].count_per_step == 1
    assert growth[f"{__name__}.Marked"].trend == "steady" == growth.grown[0].trend
    assert growth.places[0] == place and growth.num_steady == 1


def test_the_answer_so_far():
    with holdfast.growth() as g:
        with pytest.raises(RuntimeError, match="after a step"):
            g.result
        for number in range(1, 4):
            MARKED.append(Marked())
            g.step()
            assert g.result[f"{__name__}.Marked"].counts == tuple(range(number + 1))
    assert g.result.num_steps == 3 and g.result is g.result
    assert g.result.steady[0].count_steps == (1, 1, 1)


def test_what_comes_after_the_last_step_does_not_count():
    with holdfast.growth() as g:
        g.step()
        g.step()
        MARKED.append(Marked())
    assert all(row.name != f"{__name__}.Marked" for row in g.result.grown)
    assert len(g.result.moments) == 3


def test_a_cache_that_fills():
    cache, rounds = {}, iter([400, 80, 0, 0])

    def work():
        start = len(cache)
        cache.update((f"key {start + i}", Marked()) for i in range(next(rounds)))

    growth = grown_around(work, steps=4)
    assert growth.num_steady == 0
    assert [place.trend for place in growth.places if place.type == f"{__name__}.Marked"] == ["filled"]
    cache.clear()
    rounds = iter([400, 80, 40, 8])
    growth = grown_around(work, steps=4)
    assert growth.num_steady == 0 and "slowing" in [place.trend for place in growth.places]


def test_a_new_list_in_the_place_of_the_old_one():
    """What is in it is told by its place: the list is another one each time."""
    state = {"items": []}

    def work():
        state["items"] = [*state["items"], Marked()]

    place, = grown_around(work, steps=3).steady
    assert place.type == f"{__name__}.Marked" and place.count_steps == (1, 1, 1)
    assert place.length_now - place.length_then == 3


def test_shrinking():
    MARKED.extend(Marked() for _ in range(50))
    growth = grown_around(MARKED.clear)
    assert growth[f"{__name__}.Marked"].trend == "shrank" and growth[f"{__name__}.Marked"].num_gone == 50
    assert growth[f"{__name__}.Marked"] in growth.shrunk
    assert all(place.type != f"{__name__}.Marked" for place in growth.places)


def test_garbage_is_left_out():
    def work():
        for _ in range(100):
            marked = Marked()
            marked.myself = marked

    growth = grown_around(work)
    assert all(row.name != f"{__name__}.Marked" for row in growth.grown)
    assert growth.moments[1].garbage_count - growth.moments[0].garbage_count >= 300


def test_objects_in_the_place_of_others_are_told_apart():
    """The memory of those that go is used for those that come."""
    MARKED.extend(Marked() for _ in range(1000))

    def work():
        for i in range(1000):
            MARKED[i] = None
            MARKED[i] = Marked()

    growth = grown_around(work, limit=None)
    identity = growth.identity
    assert identity.by_address and identity.num_replaced + identity.num_new > 500
    assert all(row.name != f"{__name__}.Marked" for row in growth.grown + growth.shrunk)    # as many as before
    assert identity.num_new - identity.num_gone == growth.count_growth


def test_snapshots_and_files(tmp_path):
    first = holdfast.snapshot()
    MARKED.extend(Marked() for _ in range(7))
    second = holdfast.snapshot()
    paths = [tmp_path / "a-1.hfs", os.fsencode(tmp_path / "a-2.hfs")]
    for snapshot, path in zip((first, second), paths):
        snapshot.save(path)
    growth = holdfast.diff(first, second)
    assert growth[f"{__name__}.Marked"].count_growth == 7
    assert growth == holdfast.diff(*paths) == holdfast.diff(tmp_path) == holdfast.diff(first, paths[1])
    assert holdfast.diff(first, second, limit=1).num_all_places == growth.num_all_places
    assert len(holdfast.diff(first, second, limit=1).places) == 1
    assert holdfast.diff(second, second).places == ()


def test_limits():
    first = holdfast.snapshot()
    MARKED.extend(Marked() for _ in range(7))
    second = holdfast.snapshot()
    growth = holdfast.diff(first, second, fail_if=[f"{__name__}.*:count>6", "*.Marked:count>7", "total:bytes>1G"])
    assert [check.is_exceeded for check in growth.checks] == [True, False, False] and growth.is_exceeded
    assert growth.checks[0].growth == 7 and growth.checks[0].num_types == 1
    assert growth.checks[2].growth == growth.bytes_growth
    assert not holdfast.diff(first, second, fail_if="steady:count>0").is_exceeded
    assert not holdfast.diff(first, second).is_exceeded


def test_errors(tmp_path):
    snapshot = holdfast.snapshot()
    for arguments in [(), (snapshot,), (tmp_path,)]:
        with pytest.raises(ValueError, match="two|no snapshots"):
            holdfast.diff(*arguments)
    with pytest.raises(FileNotFoundError):
        holdfast.diff(snapshot, tmp_path / "missing.hfs")
    with pytest.raises(FileNotFoundError):
        holdfast.diff(tmp_path / "missing.hfs", tmp_path / "missing.hfs")
    with pytest.raises(TypeError):
        holdfast.diff(snapshot, 5)
    with pytest.raises(TypeError):
        holdfast.diff(snapshot, snapshot, fail_if=[5])
    with pytest.raises(ValueError, match="write it as"):
        holdfast.diff(snapshot, snapshot, fail_if="total")
    with pytest.raises(ValueError, match="write it as"):
        holdfast.growth(fail_if="total")
    with pytest.raises(ValueError, match="limit"):
        holdfast.diff(snapshot, snapshot, limit=0)


def test_the_block():
    g = holdfast.growth()
    with pytest.raises(RuntimeError, match="block"):
        g.result
    with pytest.raises(RuntimeError, match="belongs into the block"):
        g.step()
    with pytest.raises(ZeroDivisionError):
        with holdfast.growth() as failed:
            1 / 0
    with pytest.raises(RuntimeError, match="ended"):
        failed.result
    with holdfast.growth() as g:
        pass
    with pytest.raises(RuntimeError, match="ended"):
        g.step()
    with pytest.raises(RuntimeError, match="ended"):
        g.__enter__()
    assert str(g) == str(g.result) and "growth" in repr(g)


def test_one_thread_at_a_time():
    """Steps of several threads take turns or are refused; none is lost half-way."""
    refused, taken = [], []

    def work():
        for _ in range(5):
            try:
                g.step()
                taken.append(1)
            except RuntimeError as error:
                refused.append(str(error))

    with holdfast.growth() as g:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(g.result.moments) == 1 + len(taken)
    assert all("another thread" in text for text in refused) and len(taken) + len(refused) == 20


def test_it_reads_as_the_command_does(tmp_path):
    MARKED.append(Marked())
    paths = []
    for i in range(4):
        MARKED.append(Marked())
        paths.append(str(tmp_path / f"app-{i + 1:05}.hfs"))
        holdfast.dump(paths[-1])
    command = [os.environ["HOLDFAST"], "diff"]
    for words, growth in [([str(tmp_path)], holdfast.diff(tmp_path)), (paths[:2], holdfast.diff(*paths[:2])),
                          ([*paths, "--limit", "2"], holdfast.diff(*paths, limit=2))]:
        printed = subprocess.run([*command, *words], stdout=subprocess.PIPE, text=True, check=True).stdout
        assert printed == str(growth) + "\n"
    assert "list test_growth.MARKED: 2 → 5 items" in printed


def test_different_processes(tmp_path):
    """Where the system gives each process other addresses; under the sanitizers' runtime it does not."""
    source = ("import sys, holdfast\n"
              "class Thing: pass\n"
              "THINGS = [Thing() for _ in range(int(sys.argv[1]))]\n"
              "holdfast.dump(sys.argv[2])\n"
              "import os; print(id(os.PathLike))\n")
    paths = [str(tmp_path / name) for name in ("a.hfs", "b.hfs")]
    addresses = {subprocess.run([sys.executable, "-c", source, count, path], stdout=subprocess.PIPE, check=True).stdout
                 for path, count in zip(paths, ("10", "30"))}
    growth = holdfast.diff(*paths, limit=None)
    place, = [place for place in growth.places if place.type == "__main__.Thing"]
    assert (place.count_growth, place.pattern, place.length_then, place.length_now) == (20, "__main__.THINGS[*]", 10, 30)
    assert growth.num_all_places < 10     # whatever else is there is there in both
    if len(addresses) == 2:
        assert not growth.identity.by_address and "different processes" in str(growth)
        assert growth["__main__.Thing"].num_new == 0


def test_no_memory_is_kept(tmp_path):
    path = tmp_path / "small.hfs"
    subprocess.run([sys.executable, "-S", "-c", f"import holdfast; holdfast.dump({str(path)!r})"], check=True)
    small = holdfast.load(path)
    questions = [lambda: holdfast.diff(small, small), lambda: holdfast.diff(path, path, fail_if="total:bytes>1G"),
                 lambda: str(holdfast.diff(small, path, small)), holdfast.diff, lambda: holdfast.diff(small),
                 lambda: holdfast.diff(path, "/missing"), lambda: holdfast.diff(small, 5),
                 lambda: holdfast.growth(fail_if=["total"]), holdfast.growth]

    def kept(rounds):
        before = tracemalloc.get_traced_memory()[0]
        for question in questions * rounds:
            try:
                question()
            except (ValueError, TypeError, OSError):
                pass
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        kept(60)     # Python's lists of free objects fill up
        assert min(kept(20) for _ in range(3)) < 20 * 32 * len(questions)
    finally:
        tracemalloc.stop()


def test_the_block_keeps_no_memory():
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    for _ in range(3):
        grown_around(lambda: None)
    before = resident()
    for _ in range(6):
        grown_around(lambda: None)
        with pytest.raises(ZeroDivisionError):
            with holdfast.growth():
                1 / 0
    num_snapshots, bytes_per_object = 18, 50
    assert resident() - before < num_snapshots * bytes_per_object * len(gc.get_objects()) / 2
