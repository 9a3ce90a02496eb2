"""References from native code: an extension with mistakes (leaky.c), in this process and in one that runs elsewhere."""
import atexit
import gc
import importlib.machinery
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

import pytest

import holdfast
from holdfast.__main__ import find_command

CALLS = 1000
COMMAND = os.environ.get("HOLDFAST") or find_command()


def build_leaky():
    """The extension with mistakes, as the Makefile builds it; for who runs this file by hand."""
    folder = tempfile.mkdtemp(prefix="holdfast-leaky-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.path.join(folder, "_leaky.abi3.so")
    words = [*shlex.split(os.environ.get("CC", "cc")), "-O1", "-g", "-fPIC", "-shared", "-isystem",
             sysconfig.get_path("include"), "-o", path, os.path.join(os.path.dirname(__file__), "leaky.c")]
    try:
        subprocess.run(words, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[0]
        pytest.skip(f"leaky.c cannot be built here, and LEAKY names no library: {reason}", allow_module_level=True)
    return path


LEAKY = os.environ.get("LEAKY") or build_leaky()

LOAD = f"""
import importlib.machinery, importlib.util
loader = importlib.machinery.ExtensionFileLoader("_leaky", {LEAKY!r})
leaky = importlib.util.module_from_spec(importlib.util.spec_from_loader("_leaky", loader))
loader.exec_module(leaky)
"""
exec(LOAD)
leaky = globals()["leaky"]


def compare(work):
    """What native code holds more after so many calls of work()."""
    gc.collect()
    before = holdfast.snapshot()
    for _ in range(CALLS):
        work()
    after = holdfast.snapshot()
    return after, holdfast.native(before, after, calls=CALLS)


def only(rows):
    (row,) = rows
    return row


def unexplained(native):
    return [row for row in native.grown if row.is_unexplained and row.references_growth >= CALLS // 2]


def test_one_reference_more_per_call():
    target = ["the list that is kept"]
    after, native = compare(lambda: leaky.keep(target))
    try:
        assert native.is_comparison and native.by_address and native.num_calls == CALLS
        row = only(unexplained(native))
        assert (row.type, row.references_growth, row.num_raised, row.per_call) == ("list", CALLS, 1, 1.0)
        assert row.objects_growth == 1 and row.example_now == CALLS and row.example_then == 0
        assert row.example == after.find(target)[0].id
        assert "1 per call" in row.text and "list" in row.text and "Py_DECREF is missing" in row.text
        held = [row for row in after.native(limit=None) if row.type == "list" and row.reason == "unexplained"]
        assert only(held).num_references >= CALLS
    finally:
        for _ in range(CALLS):
            leaky.drop(target)
    assert not unexplained(holdfast.native(after, holdfast.snapshot()))


def test_one_name_more_per_call():
    """A name may be held once more by each new class, and no more than that."""
    name = sys.intern("a_name_that_is_kept")
    _, native = compare(lambda: leaky.keep(name))
    for _ in range(CALLS):
        leaky.drop(name)
    row = only(unexplained(native)) if sys.version_info < (3, 12) else None
    assert row is None or (row.type, row.references_growth, row.example_value) == ("str", CALLS, repr(name))


def test_one_object_more_per_call():
    _, native = compare(leaky.make)
    things = only([row for row in unexplained(native) if row.type == "_leaky.Thing"])
    on_stack = sum(row.references_growth for row in native.grown
                   if row.type == "_leaky.Thing" and not row.is_unexplained)
    assert on_stack <= 1               # a call that is over may leave a pointer on the C stack
    assert things.references_growth == things.objects_growth == CALLS - on_stack
    assert (things.num_new, things.num_gone) == (CALLS - on_stack, 0)
    assert things.per_call == pytest.approx(1, abs=2 / CALLS)
    assert "_leaky.Thing" in things.text and f"{things.per_call:g} per call" in things.text


def test_one_untracked_object_more_per_call():
    """What the collector does not track and nobody refers to is in no snapshot, but its type counts it."""
    _, native = compare(leaky.make_plain)
    row = only(unexplained(native))
    assert (row.type, row.example_value, row.references_growth) == ("type", "<class '_leaky.Plain'>", CALLS)
    assert "objects of it" in row.text


def test_calls_without_a_mistake():
    kept = []
    _, native = compare(lambda: kept.append([]))
    assert not unexplained(native)
    _, native = compare(lambda: leaky.store(kept))
    assert not unexplained(native)
    leaky.store(None)


def test_objects_that_hide_their_references():
    """numpy's dtypes have no tp_traverse: what they hold is explained by them."""
    import numpy
    kept = []
    numpy.dtype([("x", "i4")])
    _, native = compare(lambda: kept.append(numpy.dtype([(f"field_{len(kept)}", "i4")])))
    assert not unexplained(native)
    fields = only(row for row in native.grown if row.type == "dict" and row.reason == "C object")
    assert fields.where.startswith("numpy.dtype") and fields.references_growth == CALLS


def stored_in(snapshot, type):
    return [row for row in snapshot.native(limit=None) if row.type == type and row.where == os.path.basename(LEAKY)]


def test_a_static_variable():
    """The library and the variable that has an object are named; `why` names them, too."""
    class Kept:
        pass
    kept = Kept()
    name = f"{__name__}.test_a_static_variable.<locals>.Kept"
    leaky.store(kept)
    snapshot = holdfast.snapshot()
    row = only(stored_in(snapshot, name))
    assert (row.reason, row.num_objects, row.num_references) == ("static variable", 1, 1)
    assert row.example == snapshot.find(kept)[0].id and row.example_variable == "stored"
    del kept
    path = only(holdfast.snapshot().why(selector=name).paths)
    assert path.root == f"held from outside by native code ({os.path.basename(LEAKY)}: stored)"
    leaky.store(None)
    assert not stored_in(holdfast.snapshot(), name)


def test_one_reference_too_few():
    victim = {"it will be freed": "while it is in use"}
    one, two = [victim], [victim]
    del victim
    leaky.drop(one[0])
    try:
        snapshot = holdfast.snapshot()
        native = snapshot.native()
    finally:
        leaky.keep(one[0])
    danger = only(native.dangers)
    assert native.num_all_dangers == 1 and not danger.is_doubtful
    assert (danger.type, danger.refcount, danger.num_found) == ("dict", 1, 2)
    assert danger.node == snapshot.find(one[0])[0].id
    assert "1 Py_DECREF too many" in danger.text and "danger: 1 object counts" in str(native)
    assert one[0] is two[0] and not holdfast.snapshot().native().dangers


def test_a_reference_of_a_variable_too_few():
    """Those of running functions count as well, where the snapshot is of the own process."""
    victim = ["one reference of a list, one of a variable"]
    container = [victim]
    leaky.drop(victim)
    try:
        native = holdfast.snapshot().native()
    finally:
        leaky.keep(victim)
    if sys.version_info >= (3, 11):
        danger = only(native.dangers)
        assert (danger.refcount, danger.num_found) == (1, 2) and container[0] is victim


PROGRAM = LOAD + """
import sys
target, victim = ["kept"], {"too few": True}
holders = [victim], [victim]
del victim
for line in sys.stdin:
    if line == "call\\n":
        for _ in range(1000):
            leaky.keep(target)
            leaky.make()
    elif line == "store\\n":
        leaky.store(target)
    elif line == "drop\\n":
        leaky.drop(holders[0][0])
    elif line == "repair\\n":
        leaky.keep(holders[0][0])
    print("done", flush=True)
leaky.store(None)
print(holders[0][0]["too few"], len(target), flush=True)
""".replace("\\\\", "\\")


@pytest.fixture
def program():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        yield process
        process.kill()


def tell(process, what):
    process.stdin.write(f"{what}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def take(process, path):
    taken = subprocess.run([COMMAND, "snapshot", str(process.pid), "-o", path], capture_output=True, text=True)
    assert taken.returncode == 0, taken.stderr
    return path


def test_a_process_that_runs(program, tmp_path):
    """The command names all three mistakes, and the process goes on to its end."""
    tell(program, "call")
    old = take(program, tmp_path / "old.hfs")
    tell(program, "call")
    tell(program, "store")
    tell(program, "drop")
    new = take(program, tmp_path / "new.hfs")
    native = holdfast.native(old, new, calls=1000)
    grown = {row.type: row for row in unexplained(native)}
    assert grown.keys() == {"list", "_leaky.Thing"}
    assert (grown["list"].references_growth, grown["list"].objects_growth, grown["list"].per_call) == (1000, 0, 1)
    assert (grown["list"].example_then, grown["list"].example_now) == (1000, 2001)
    stored = only(row for row in holdfast.load(new).native(limit=None)
                  if row.type == "list" and row.where == os.path.basename(LEAKY))
    assert (stored.num_references, stored.example_variable) == (1, "stored")
    assert (grown["_leaky.Thing"].num_new, grown["_leaky.Thing"].num_gone) == (1000, 0)
    danger = only(native.dangers)
    assert (danger.type, danger.refcount, danger.num_found, danger.is_doubtful) == ("dict", 1, 2, False)
    text = subprocess.run([COMMAND, "native", old, new, "--calls", "1000"], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
    assert text == f"{native}\n"
    tell(program, "repair")
    out, _ = program.communicate()
    assert (out, program.returncode) == ("True 1\n", 0)


def test_arguments():
    snapshot = holdfast.snapshot()
    with pytest.raises(TypeError, match="native\\(\\) compares with a Snapshot, not with str"):
        snapshot.native("old.hfs")
    with pytest.raises(ValueError):
        snapshot.native(limit=0)
    native = snapshot.native(limit=1)
    assert len(native) == len(list(native)) == 1 and native.num_all_rows > 1 and not native.is_comparison
    assert repr(native).startswith("Native(num_all_rows=")
