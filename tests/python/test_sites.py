"""Allocation sites against tracemalloc itself, for every object that the collector knows."""
import json
import pathlib
import subprocess
import sys
import tracemalloc

import holdfast
import pytest

FOLDER = pathlib.Path(__file__).parent
THIS = __file__


class Session:
    def __init__(self, number):
        self.number = number


class Cache:
    def __init__(self):
        self.sessions = []

    def add(self, number):
        self.sessions.append(Session(number))


ADD_LINE = Cache.add.__code__.co_firstlineno + 1


@pytest.fixture
def traced():
    tracemalloc.start(3)
    yield
    tracemalloc.stop()


@pytest.fixture(scope="module", params=["walk", "copy", "pid"])
def report(request, tmp_path_factory):
    words = [sys.executable, "-X", "tracemalloc=10", "-m", "oracle.sites", request.param]
    done = subprocess.run([*words, str(tmp_path_factory.mktemp("sites"))], stdout=subprocess.PIPE, cwd=FOLDER, text=True)
    assert done.returncode == 0
    return json.loads(done.stdout)


def test_sites_are_those_of_tracemalloc(report):
    assert report["wrong"] == []
    assert report["num_compared"] > 6_000
    assert report["num_known"] > 0.8 * report["num_compared"]


def test_functions_are_those_that_ran(report):
    assert report["functions"] == {"made": "Shop.make", "nested": "Shop.make.<locals>.inner", "module": "<module>"}


def test_without_tracemalloc_there_are_none():
    words = [sys.executable, "-c", "import holdfast; holdfast.snapshot().site([])"]
    done = subprocess.run(words, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "LookupError: no allocation sites in this snapshot: tracemalloc was not on when its objects were made; " \
        "run the program with `python -X tracemalloc=10`, or call `tracemalloc.start(10)` in it" in done.stderr


def test_a_site_has_its_callers(traced):
    cache = Cache()
    cache.add(1)
    site = holdfast.snapshot().site(cache.sessions[0])
    assert (site.file, site.line, site.function) == (THIS, ADD_LINE, "Cache.add")
    assert [frame.function for frame in site.frames[:2]] == ["Cache.add", "test_a_site_has_its_callers"]
    assert len(site.frames) == 3 and site.is_cut
    assert str(site).splitlines()[0] == f"allocated at {THIS}:{ADD_LINE} in Cache.add"
    assert str(site).splitlines()[-1] == "  and older frames, which were not recorded"


def test_what_was_made_before_has_no_site():
    old = Cache()
    tracemalloc.start()
    try:
        new = [Cache() for _ in range(100)]   # some of it may be memory that was there before
        snap = holdfast.snapshot()
        assert snap.site(old) is None and snap.site(new[-1]).file == THIS
    finally:
        tracemalloc.stop()
    with pytest.raises(LookupError, match="tracemalloc was not on"):
        holdfast.snapshot().site(new)


def test_types_by_site(traced, tmp_path):
    cache = Cache()
    for i in range(50):
        cache.add(1000 + i)
    snap = holdfast.snapshot()
    sites = snap.types(by="site", retained=True)
    row = next(row for row in sites if (row.file, row.line) == (THIS, ADD_LINE))
    assert (row.function, row.count, row.types, row.num_types) == \
        ("Cache.add", 50, ((f"{__name__}.Session", 50),), 1)
    assert row.size_bytes == 50 * sys.getsizeof(cache.sessions[0]) and row.retained_bytes >= row.size_bytes
    assert sites.total_count == len(snap) == sites.matching_count
    assert sum(row.count for row in sites) + sites.unknown_count == sites.total_count
    assert f"{THIS}:{ADD_LINE} in Cache.add" in str(sites)
    only = snap.types("*.Session", by="site")
    assert [row.count for row in only] == [50] and only.rows[0].retained_count is None
    snap.save(tmp_path / "x.hfs")
    assert holdfast.load(tmp_path / "x.hfs").types(by="site", retained=True) == sites
    with pytest.raises(ValueError, match="unknown grouping 'line': choose one of type, site"):
        snap.types(by="line")


def test_what_grew_by_site(traced, tmp_path):
    cache = Cache()
    snaps = []
    for i in range(3):
        for j in range(10 * (i + 1)):
            cache.add(j)
        snaps.append(holdfast.snapshot())
        snaps[-1].save(tmp_path / f"x-{i + 1}.hfs")
    grown = holdfast.diff(*snaps, by="site", limit=None)
    row = next(row for row in grown if (row.file, row.line) == (THIS, ADD_LINE))
    assert (row.function, row.trend, row.counts, row.count_growth) == ("Cache.add", "steady", (10, 30, 60), 50)
    assert row.count_per_step == 25 and row.types[0] == (f"{__name__}.Session", 60)
    assert f"{THIS}:{ADD_LINE} in Cache.add" in str(grown)
    assert holdfast.diff(tmp_path, by="site", limit=None) == grown
    assert len(holdfast.diff(*snaps, by="site", limit=1)) == 1
    with pytest.raises(ValueError, match="fail_if is about types"):
        holdfast.diff(*snaps, by="site", fail_if="total:count>1")
    with pytest.raises(ValueError, match="growth needs two snapshots at least"):
        holdfast.diff(snaps[0], by="site")


def test_paths_and_objects_say_it(traced):
    cache = Cache()
    cache.add(1)
    snap = holdfast.snapshot()
    why, shown = snap.why(cache.sessions[0]), snap.show(cache.sessions[0])
    assert why.path.hops[-1].allocated_at == f"{THIS}:{ADD_LINE} in Cache.add"
    assert "allocated at" in str(why)
    assert shown.allocated_at[0] == f"{THIS}:{ADD_LINE} in Cache.add" and len(shown.allocated_at) == 3
    assert f"allocated     at {THIS}:{ADD_LINE} in Cache.add" in str(shown)


NAMES = """
import sys, json, tracemalloc
tracemalloc.start(FRAMES)
import holdfast

MADE = []

class Made:
    def __init__(self, children=()):
        self.children = children
        self.names, frame = [], sys._getframe(1)      # who asks for the memory
        while frame:
            self.names.append(frame.f_code.co_name)
            frame = frame.f_back
        MADE.append(self)

def one_line(n):
    return [Made() for _ in range(n)]

def own_and_inner(n):
    first = Made([Made() for _ in range(n)])
    return first, {i: Made() for i in range(n)}, Made()

def in_a_set(n):
    return {Made() for _ in range(n)}

def many_lines(n):
    return [
        Made()
        for _ in [Made(), Made()]
        if Made()
    ]

def nested(n):
    return [[Made() for _ in range(n)] for _ in range(n)]

def walk(n):
    made = Made()
    return [walk(n - 1) for _ in range(n)]

def summed(n):
    return max(sum(len(Made().names) for _ in range(n)), len(Made().names))

def sum_of(n):
    return Made() if n == 0 else Made([sum_of(n - 1) for _ in range(n)])

def handed_on(n):
    return (Made() for _ in range(n))

def by_key(n):
    return sorted(range(n), key=lambda number: len(Made().names))

one_liner = lambda n: [Made()]
itself = lambda n: [Made()] + (itself(n - 1) if n else [])
def short(n): return Made()

def use(n):
    for function in (one_line, own_and_inner, in_a_set, many_lines, nested, walk, summed, sum_of, by_key, one_liner, itself, short):
        function(n)
    list(handed_on(n))

use(3)
snap = holdfast.snapshot()
wrong = []
for made in MADE:
    told = [frame.function.rpartition(".")[2] for frame in snap.site(made).frames]
    if told != made.names[:len(told)]:
        wrong.append((told, made.names))
print(json.dumps([len(MADE), wrong]))
"""


def names_that_are_wrong(tmp_path, num_frames):
    (tmp_path / "names.py").write_text(NAMES.replace("FRAMES", str(num_frames)))
    done = subprocess.run([sys.executable, "names.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True)
    num_made, wrong = json.loads(done.stdout)
    assert num_made > 60
    return wrong


def test_names_of_comprehensions_and_who_calls_them(tmp_path):
    """Before 3.12 a comprehension is a function of its own, on the line of the one that calls it."""
    assert names_that_are_wrong(tmp_path, 30) == []
