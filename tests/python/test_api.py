"""The Python module: questions, answers, files, and what it does not do to the program."""
import gc
import os
import random
import stat
import subprocess
import sys
import threading
import tracemalloc
import weakref

import holdfast
import pytest


class Session:
    def __init__(self, number):
        self.number = number


CACHE = {("session", i): Session(i) for i in range(50)}


@pytest.fixture(scope="module")
def snap():
    return holdfast.snapshot()


def test_a_snapshot_describes_itself(snap):
    assert repr(snap) == (f"<holdfast.Snapshot of {len(snap)} objects, Python {sys.version.split()[0]}, "
                          f"process {os.getpid()}>")
    info = snap.info()
    assert info.num_nodes == len(snap) > len(gc.get_objects()) * 0.9
    assert info.origin.pid == os.getpid() and info.origin.pause_ns > 0
    assert info.num_named_edges > 0.99 * info.num_edges
    assert sum(group.size_bytes for group in info.groups) == info.size_bytes
    assert info.roots["module"] > 10
    assert [thread.is_asker for thread in info.threads].count(True) == 1
    assert "of these" not in repr(info) and "roots" in str(info) and "strings and bytes" in str(info)


def test_types(snap):
    types = snap.types()
    assert types["dict"].count > 1000 and types["dict"].size_bytes > 64 * types["dict"].count
    assert [row.size_bytes for row in types] == sorted((row.size_bytes for row in types), reverse=True)
    assert sum(row.count for row in types) == types.total_count == len(snap)
    mine = snap.types("*.Session", module=__name__)
    assert [(row.name, row.count) for row in mine] == [(f"{__name__}.Session", 50)]
    assert mine.matching_count == 50 and len(mine) == 1
    cut = snap.types(sort="name", limit=3)
    assert len(cut) == 3 and cut.num_matching == len(types)
    assert [row.name for row in cut] == sorted(row.name for row in types)[:3]
    assert str(cut).splitlines()[-1].endswith("in all") and f"{len(types) - 3} more types" in str(cut)
    with pytest.raises(KeyError):
        types["no such type"]


def test_why_a_live_object(snap):
    why = snap.why(CACHE[("session", 7)])
    assert why and why.num_selected == 1
    assert eval(why.expression, {"sys": sys}) is CACHE[("session", 7)]
    assert why.path.root_kind == "module" and __name__ in why.path.root
    last = why.path.hops[-1]
    assert last.reference == "[('session', 7)]" and last.type == f"{__name__}.Session"
    assert last.addr == id(CACHE[("session", 7)])
    assert str(why).splitlines()[-1] == f"  = {why.expression}"


def test_why_many_objects(snap):
    why = snap.why(selector=f"{__name__}.Session")
    assert (why.num_selected, why.num_unreachable, why.groups[0].count) == (50, 0, 50)
    assert why.groups[0].owner.endswith("CACHE[*]")
    assert "50 of 50" in str(why) and "shown is #" in str(why)


def test_a_str_is_an_object_and_not_a_selector(snap):
    assert snap.why(next(iter(CACHE))[0]).num_selected == 1
    assert snap.find(__name__)[0].type == "str"
    assert snap.find(None)[0].type == "NoneType"


def test_paths_and_avoid(snap):
    shared = holdfast.snapshot
    snapshot = holdfast.snapshot()
    paths = snapshot.why(shared, paths=3).paths
    assert 1 <= len(paths) <= 3
    held = snap.why(CACHE[("session", 1)], avoid=f"module:{__name__}")
    assert all(__name__ not in path.root for path in held.paths)
    assert not snap.why(CACHE[("session", 1)], avoid=["dict"]).paths


def test_show(snap):
    session = CACHE[("session", 7)]
    shown = snap.show(session)
    assert (shown.addr, shown.type, shown.type_count) == (id(session), f"{__name__}.Session", 50)
    assert shown.size_bytes == sys.getsizeof(session) and shown.retained_bytes >= shown.size_bytes
    assert shown.refcount == shown.num_incoming == 1 and shown.roots == ()
    assert shown.flags == ("tracked by the collector",)
    assert shown.owner == f"module {__name__}" and shown.path.expression == snap.why(session).expression
    assert shown.dominator == snap.find(CACHE)[0].id and shown.dominator_type == "dict"
    assert [row.reference for row in shown.referrers] == ["[('session', 7)]"]
    assert [row.reference for row in shown.references] == [".number", ".__class__"]
    module = snap.show(sys.modules[__name__])
    assert f"module {__name__}" in module.roots and module.dict is not None and module.dict_bytes > 0
    many = snap.show(selector="int", limit=3)
    assert many.num_selected == many.type_count > 100 and len(many.referrers) <= 3
    assert str(many).startswith(f"{many.num_selected:,} objects of type int; shown is #{many.node} at")


def test_a_thread_owns_its_variables():
    ready, done = threading.Event(), threading.Event()

    def work():
        local = Session(8)
        ready.set()
        done.wait()
        return local

    thread = threading.Thread(target=work, name="worker-8")
    thread.start()
    ready.wait()
    try:
        snapshot = holdfast.snapshot()
    finally:
        done.set()
        thread.join()
    owners = [snapshot.show(selector=f"#{node.id}").owner for node in snapshot.find(selector=f"{__name__}.Session")]
    assert [owner for owner in owners if "thread worker-8, " in owner and "work() at test_api.py:" in owner]


def test_refs(snap):
    refs = snap.refs(CACHE)
    values, keys, *below = [row for row in refs if row.depth == 1] + [row for row in refs if row.depth == 2]
    assert refs and refs.num_references == 100 and (values.num_references, values.num_objects) == (50, 50)
    assert (values.reference, values.type) == ("[*]", f"{__name__}.Session")
    assert (keys.reference, keys.type, keys.num_objects) == (" key [*]", "tuple", 50)
    assert {row.reference for row in below} >= {".number", ".__class__"}
    assert refs.rows[values.parent or 0] is values and values.addr == id(CACHE[("session", 0)])
    assert not snap.refs(1.5) and str(snap.refs(1.5)).endswith("has 0 references")


def test_referrers(snap):
    referrers = snap.referrers(CACHE[("session", 7)], depth=2)
    by_cache, by_module = referrers
    assert (by_cache.reference, by_cache.type, by_cache.node) == ("[('session', 7)]", "dict", snap.find(CACHE)[0].id)
    assert (by_module.reference, by_module.type, by_module.parent) == (".CACHE", "module", 0)
    local = Session(0)
    row, *_ = holdfast.snapshot().referrers(local)
    assert row.node is None and row.reference == "test_referrers() local 'local'" and "test_api.py" in row.value
    with pytest.raises(ValueError, match="a limit is an integer"):
        snap.refs(CACHE, depth=0)


def test_chain(snap):
    chain = snap.chain(CACHE, CACHE[("session", 7)])
    assert chain and len(chain) == 2
    assert [hop.reference for hop in chain] == ["start", "[('session', 7)]"]
    assert eval(chain.expression, {"start": CACHE}) is CACHE[("session", 7)]
    from_class = snap.chain(Session, CACHE)
    assert eval(from_class.expression, {"start": Session}) is CACHE
    assert not snap.chain(CACHE[("session", 7)], CACHE, avoid=["type"])
    many = snap.chain(source_selector="dict", target_selector=f"{__name__}.Session")
    assert many.source.endswith("of type dict") and len(many) == 2
    assert many.hops[0].addr == id(CACHE) and many.hops[-1].type == f"{__name__}.Session"
    for arguments in [(), (CACHE,)]:
        with pytest.raises(TypeError, match="which object. Give it, or (source|target)_selector="):
            snap.chain(*arguments)
    with pytest.raises(TypeError, match="not both"):
        snap.chain(CACHE, CACHE, target_selector="dict")


def test_expressions_of_chains_lead_to_the_object():
    """Between any two objects of this process, as it is now; a chain that Python cannot express says so."""
    things = gc.get_objects()
    snap = holdfast.snapshot()
    known = [thing for thing in things if snap_has(snap, thing)]
    pairs = random.Random(20261124).sample(known, 200)
    evaluated = 0
    for source, target in zip(pairs[::2], pairs[1::2]):
        chain = snap.chain(source, target)
        if chain and chain.expression:
            assert eval(chain.expression, {"start": source, "sys": sys}) is target
            evaluated += 1
    assert evaluated > 10


def snap_has(snap, thing):
    try:
        return bool(snap.find(thing))
    except LookupError:
        return False


class Leaf:
    def __init__(self, parent):
        self.parent = parent


class Tree:
    def __init__(self):
        self.leaves = [Leaf(self) for _ in range(3)]


def test_cycles():
    gc.collect()
    gc.disable()
    try:
        kept = Tree()
        for _ in range(4):
            Tree()
        snapshot = holdfast.snapshot()
    finally:
        gc.enable()
    cycles = snapshot.cycles(selector=f"{__name__}.Tree")
    garbage, held = cycles
    assert cycles and (cycles.num_components, cycles.num_garbage_components) == (5, 4)
    assert (garbage.is_garbage, garbage.num_components, held.is_garbage) == (True, 4, False)
    assert garbage.pattern == f"{__name__}.Tree.leaves[*].parent"
    assert [hop.reference for hop in garbage.hops] == ["start", ".leaves", "[0]", ".parent"]
    assert garbage.hops[0].addr == garbage.hops[-1].addr
    one = snapshot.cycles(kept)
    assert one.groups == (held,) and one.num_components == 1
    start, = [thing for thing in (kept, kept.leaves, *kept.leaves) if id(thing) == held.hops[0].addr]
    assert eval(held.expression, {"start": start}) is start
    assert all(group.num_objects >= 1 for group in snapshot.cycles(limit=None))
    assert not snapshot.cycles(selector="str")


def test_weak_references_are_none():
    session, other = Session(1), Session(2)
    reference, watched = weakref.ref(session), weakref.WeakSet([other])
    snapshot = holdfast.snapshot()
    assert not snapshot.chain(reference, session) and not snapshot.chain(watched, other, avoid=["type", "module"])


def test_find(snap):
    session = CACHE[("session", 3)]
    node, = snap.find(session)
    assert (node.addr, node.type, node.size_bytes) == (id(session), f"{__name__}.Session", sys.getsizeof(session))
    assert snap.find(selector=f"#{node.id}") == snap.find(selector=hex(id(session))) == [node]
    assert len(snap.find(selector=f"{__name__}.Session", limit=4)) == 4
    unlikely = "an unlikely " + "text"
    found = holdfast.snapshot().find(selector="str", value="an unlikely *")
    assert id(unlikely) in [node.addr for node in found]
    assert f"#{node.id} at {node.addr:#x}" in str(node)


def test_graph(snap, tmp_path):
    picture = snap.graph(CACHE[("session", 5)], direction="chain", sizes=True, refcounts=True)
    assert picture.dot.startswith("digraph") and picture.num_nodes >= 3
    assert "retains" not in picture.dot
    assert "retains" in snap.graph(CACHE[("session", 5)], direction="chain", retained=True).dot
    for name, magic in [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.dot", b"digraph")]:
        picture.save(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
    assert "</svg>" in picture._repr_svg_()
    with pytest.raises(ValueError, match="svg"):
        picture.save(tmp_path / "a.gif")
    with pytest.raises(OSError) as raised:
        picture.save(tmp_path / "missing" / "a.dot")
    assert raised.value.filename == str(tmp_path / "missing" / "a.dot")


def test_save_and_load(snap, tmp_path):
    path = tmp_path / "heap.hfs"
    for name in (path, str(path), os.fsencode(path)):
        for options in ({}, {"plain": True}, {"level": 9}):
            snap.save(name, **options)
            loaded = holdfast.load(name)
            assert len(loaded) == len(snap) and loaded.types() == snap.types()
            assert loaded.why(CACHE).expression == snap.why(CACHE).expression
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    snap.save(path, previews=False)
    assert not holdfast.load(path).info().origin.has_previews


def test_cache_of_a_large_file(tmp_path):
    rows = [[] for _ in range(500_000)]
    path, cache = tmp_path / "large.hfs", tmp_path / "large.hfs.cache"
    holdfast.snapshot().save(path)
    answers = [holdfast.load(path, cache=False).why(selector="list", paths=3)]
    assert not cache.exists()
    for _ in range(2):
        answers.append(holdfast.load(path).why(selector="list", paths=3))
        assert cache.stat().st_mode & 0o777 == 0o600
    assert answers[0] == answers[1] == answers[2]
    assert answers[0].num_selected > len(rows)


def test_dump(tmp_path):
    holdfast.dump(tmp_path / "heap.hfs", plain=True)
    assert len(holdfast.load(tmp_path / "heap.hfs")) > 1000


def test_no_references_are_kept(snap):
    session = Session(1)
    watched = weakref.ref(session)
    snapshot = holdfast.snapshot()
    before = sys.getrefcount(session)
    answers = [snapshot.why(session), snapshot.find(session), snapshot.graph(session)]
    assert sys.getrefcount(session) == before
    del session
    assert watched() is None and len(answers) == 3


def test_own_objects_are_not_in_the_answer():
    first = holdfast.snapshot()
    first.info()
    holdfast.snapshot().why(CACHE)
    assert [row.name for row in holdfast.snapshot().types("holdfast.*") if row.name != "holdfast.Snapshot"
            and not row.name.startswith("holdfast.results.")] == []


def test_questions_from_many_threads(snap):
    failures = []

    def ask(number):
        try:
            for _ in range(3):
                assert snap.why(CACHE[("session", number)]).expression.endswith(f"{number})]")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_answers_are_frozen_and_compare(snap):
    row = snap.types()["dict"]
    with pytest.raises(AttributeError):
        row.count = 0
    assert row == snap.types()["dict"] and hash(row) == hash(snap.types()["dict"])


def test_snapshot_inside_a_finalizer_of_the_collector():
    class Cycle:
        def __del__(self):
            try:
                results.append(holdfast.snapshot())
            except Exception as error:
                results.append(error)

    results = []
    cycle = Cycle()
    cycle.self = cycle
    del cycle
    gc.collect()
    assert len(results) == 1 and isinstance(results[0], (RuntimeError, holdfast.Snapshot))


def test_questions_leave_nothing_behind(tmp_path):
    path = str(tmp_path / "small.hfs")
    subprocess.run([sys.executable, "-S", "-c", f"import holdfast; holdfast.dump({path!r})"], check=True)
    small = holdfast.load(path)
    questions = [small.info, small.types, lambda: small.why(selector="module", paths=2, avoid=["no.such"]),
                 lambda: small.why(selector="module", paths=3, avoid=["set"]), lambda: small.why(selector="modul"),
                 lambda: small.find(selector="module", limit=3), lambda: small.graph(selector="module"),
                 lambda: repr(small), lambda: small.save("/missing/folder"), lambda: small.why(CACHE),
                 lambda: holdfast.load(path), lambda: small.types(limit="x"),
                 lambda: small.chain(source_selector="module", target_selector="str"),
                 lambda: small.chain(source_selector="module", target_selector="modul"), lambda: small.chain(small),
                 lambda: small.show(selector="module"), lambda: small.refs(selector="module"),
                 lambda: small.referrers(selector="type", depth=1),
                 lambda: small.cycles(limit=2), lambda: small.cycles(selector="modul")]

    def growth(rounds):
        before = tracemalloc.get_traced_memory()[0]
        for question in questions * rounds:
            try:
                question()
            except (LookupError, ValueError, OSError, TypeError):
                pass
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        growth(50)   # Python's lists of free objects fill up
        assert min(growth(50) for _ in range(3)) < 50 * 32
    finally:
        tracemalloc.stop()


def test_retained_sizes():
    snapshot = holdfast.snapshot()
    plain, types = snapshot.types(), snapshot.types(retained=True)
    assert plain.retained_bytes is None and plain["dict"].retained_bytes is None and "retained" not in str(plain).splitlines()[0]
    assert types.retained_bytes == types.total_bytes and types.retained_count == len(snapshot)
    assert all(row.retained_bytes >= row.size_bytes and row.retained_count >= row.count for row in types)
    assert "retained" in str(types).splitlines()[0]
    ordered = [row.retained_bytes for row in snapshot.types(sort="retained", limit=5)]
    assert ordered == sorted(ordered, reverse=True)
    path = snapshot.why(CACHE[("session", 7)], retained=True).path
    sizes = [hop.retained_bytes for hop in path]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] >= path.hops[-1].size_bytes
    assert "retained" in str(path) and snapshot.why(CACHE).path.hops[0].retained_count is None
