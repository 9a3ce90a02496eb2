"""What is said to be wasted is what Python itself says of the same objects."""
import collections
import json
import os
import re
import subprocess
import sys

import holdfast
import numpy
import pytest
import waste_heap


def by_attribute(kinds, prefix):
    """The rows of the objects in the lists of a Heap, as waste_heap.expected() has them."""
    found = {}
    for kind, rows in kinds:
        if kind == "arenas":     # has a test of its own
            continue
        found[kind] = {}
        for owner, type_, *numbers in rows:
            if kind == "slots" and type_.startswith(prefix.split(".")[0]) and not type_.endswith(".Heap"):
                found[kind][type_.split(".")[-1]] = numbers
            attribute = kind != "slots" and re.fullmatch(re.escape(prefix) + r"(\w+)(\[\*\]|\(\[\*\]\)\+)", owner)
            if attribute:
                found[kind][f"{attribute[1]} {type_.split('.')[-1]}"] = numbers
    return found


@pytest.fixture(scope="module")
def expected():
    return waste_heap.expected(waste_heap.HEAP)


@pytest.mark.parametrize("method", ["walk", "copy"])
def test_own_process(expected, method, tmp_path):
    snapshot = holdfast.snapshot(method=method)
    snapshot.save(tmp_path / "own.hfs")
    for snap in (snapshot, holdfast.load(tmp_path / "own.hfs")):
        waste = snap.waste(limit=None)
        kinds = [(kind.kind, [(row.owner, row.type, row.count, row.size_bytes, row.saving_bytes) for row in kind.rows])
                 for kind in waste.kinds]
        assert by_attribute(kinds, "waste_heap.Heap.") == expected
        assert all(kind.is_answered and (not kind.problem or kind.kind == "arenas") for kind in waste.kinds)


def test_other_process(tmp_path):
    python = os.environ.get("WASTE_PYTHON", sys.executable)
    with subprocess.Popen([python, waste_heap.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as program:
        expected = json.loads(program.stdout.readline())
        path = tmp_path / "other.hfs"
        subprocess.run([os.environ["HOLDFAST"], "snapshot", str(program.pid), "-o", path], check=True)
        program.stdin.close()
    out = subprocess.run([os.environ["HOLDFAST"], "waste", path, "--limit", "0", "--json"], check=True,
                         stdout=subprocess.PIPE).stdout
    kinds = [(section["kind"], [(row["owner"], row["type"], row["count"], row["size_bytes"], row["saving_bytes"])
                                for row in section["rows"]]) for section in json.loads(out)["sections"]]
    assert by_attribute(kinds, "__main__.Heap.") == expected


def test_sums_and_what_is_cut():
    snapshot = holdfast.snapshot()
    whole, cut = snapshot.waste(limit=None), snapshot.waste(limit=1, min_bytes=1)
    for all_rows, one_row in zip(whole.kinds, cut.kinds):
        assert sum(row.saving_bytes for row in all_rows.rows) == all_rows.saving_bytes == one_row.saving_bytes
        assert sum(row.count for row in all_rows.rows) == all_rows.count == one_row.count
        assert all(row.saving_bytes <= row.size_bytes for row in all_rows.rows)
        savings = [row.saving_bytes for row in all_rows.rows]
        assert savings == sorted(savings, reverse=True)
        assert one_row.rows == all_rows.rows[:1] and one_row.num_all_rows == len(all_rows.rows)
        assert f"{len(all_rows.rows) - 1:,} more" in str(one_row)
    assert len(snapshot) == whole.total_count


def test_kinds_are_chosen_by_name():
    snapshot = holdfast.snapshot()
    waste = snapshot.waste(kinds=["spare", "empty"])
    assert [kind.kind for kind in waste.kinds] == ["empty", "spare"]
    assert waste["spare"] is waste.kinds[1]
    with pytest.raises(KeyError):
        waste["single"]
    with pytest.raises(ValueError, match="unknown kind 'x': choose one of duplicates"):
        snapshot.waste(kinds="x")
    with pytest.raises(TypeError):
        snapshot.waste(kinds=3)


def test_without_values_it_says_what_is_missing(tmp_path):
    kept = holdfast.snapshot()
    kept.save(tmp_path / "bare.hfs", previews=False)
    for snapshot in (holdfast.snapshot(previews=False), holdfast.load(tmp_path / "bare.hfs")):
        duplicates = snapshot.waste(kinds="duplicates").kinds[0]
        assert not duplicates.is_answered and not duplicates and "take it again" in duplicates.problem
        assert "take it again" in str(duplicates)


def test_arrays_that_are_views():
    class Arrays:
        pass

    arrays = Arrays()
    arrays.slices = [numpy.zeros(10000, dtype)[3:7] for dtype in ("f8", "u1", "c16")]
    arrays.deep = [numpy.zeros((100, 100)).T[3][4:5][:1]]
    arrays.from_bytes = [numpy.frombuffer(bytes(50000), "u2")[:9]]
    arrays.whole = [numpy.zeros(10000)[1:]]
    arrays.buffers = [numpy.zeros(10000)]
    arrays.held = [arrays.buffers[0][:5]]
    waste = holdfast.snapshot().waste(kinds="views", limit=None)
    rows = {row.owner.rpartition(".")[2]: row for row in waste["views"].rows}
    assert {"slices[*]", "deep[*]", "from_bytes[*]"} <= rows.keys()
    assert not {"whole[*]", "held[*]", "buffers[*]"} & rows.keys()
    assert rows["slices[*]"].count == 3
    assert rows["slices[*]"].saving_bytes == sum(sys.getsizeof(view.base) - view.nbytes for view in arrays.slices)
    assert rows["deep[*]"].saving_bytes == sys.getsizeof(arrays.deep[0].base) - 8
    assert rows["from_bytes[*]"].saving_bytes == sys.getsizeof(bytes(50000)) - 18
    assert rows["from_bytes[*]"].what == "18 B of 48.9 KiB shown"


def test_classes_have_one_holder_or_several():
    class Held:
        def __init__(self):
            self.x = 1

    class Shop:
        pass

    shop = Shop()
    shop.many, shop.few = [Held() for _ in range(30)], [Held() for _ in range(9)]
    waste = holdfast.snapshot().waste(kinds="slots", limit=None)
    row = next(row for row in waste["slots"].rows if row.type.endswith(".Held"))
    assert (row.count, row.num_held, row.what) == (39, 30, "__slots__ = ('x',)")
    assert row.holder.endswith(".many[*] (30 of 39)")


def test_survivors_in_arenas():
    class Holder:
        pass

    holder = Holder()
    made = [b"%100d" % i for i in range(300000)]
    arenas = collections.Counter(id(value) >> 20 for value in made)
    whole = [arena for arena, count in arenas.items() if count > 6500]     # the others were there before
    holder.survivors = made[::2500]
    del made
    found = holdfast.snapshot().waste(kinds="arenas", limit=None)["arenas"]
    row = next(row for row in found.rows if row.owner.endswith("survivors[*]"))
    assert len(whole) > 20
    assert 0.9 * len(whole) * 2**20 < row.saving_bytes <= len(arenas) * 2**20 >= row.size_bytes
    assert row.count <= 120 and "arenas, " in row.what
    assert found.problem.startswith("approximate: ")


def test_rows_are_named():
    waste = holdfast.snapshot().waste(limit=None)
    rows = {row.owner: row for row in waste["duplicates"].rows}
    assert rows["waste_heap.Heap.huge[*]"].what.startswith("b'waste\\x01")
    assert rows["waste_heap.Heap.short[*]"].what.startswith("40 values, most often 'waste ")
    assert rows["waste_heap.Heap.short[*]"].pattern == "waste_heap.HEAP.short[*]"
    spare = {row.owner: row for row in waste["spare"].rows}
    assert "slots used" in spare["waste_heap.Heap.sets[*]"].what
