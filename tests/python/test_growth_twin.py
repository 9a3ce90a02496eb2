"""What grew between random graphs, against a twin that computes it slowly."""
import os
import random
import re
import subprocess

import holdfast
import pytest
from twin import Heap, Thing, Twin, Type, length_of

BASE = 0x7F0000000000
NAMES = ("next", "other", "data")


class Zoo:
    """A random heap that changes from moment to moment, with addresses that are used again."""

    def __init__(self, seed, num_slots, types_move=False):
        self.random = random.Random(seed)
        self.num_slots = num_slots
        self.types = {name: Type(name, flags) for name, flags in {
            "type": {"type", "heap"}, "module": {"module"}, "dict": {"dict"}, "list": {"list"}, "tuple": {"tuple"},
            "set": {"set"}, "str": {"str"}, "int": {"int"}, "app.Node": {"heap"}, "app.Cache": {"heap"}}.items()}
        self.class_addr = {"app.Node": 0, "app.Cache": 16}
        self.plan = {}           # slot -> (type name, size, refcount, value, immortal, [(kind, text, slot)])
        self.roots = []
        self.age()

    def pick(self, *choices):
        return self.random.choice(choices)

    def make(self, slot):
        name = self.pick("dict", "list", "tuple", "set", "str", "int", "app.Node", "app.Node", "app.Cache", "module")
        value = {"str": self.pick(*NAMES, "x"), "int": self.random.randrange(3)}.get(name)
        if self.random.random() < 0.2:
            value = None
        refcount = self.pick(1, 1, 2, 40)
        self.plan[slot] = [name, 40 + 8 * self.random.randrange(4), refcount, value, self.random.random() < 0.05, []]
        self.link(slot)

    def link(self, slot):
        name, references = self.plan[slot][0], []
        for _ in range(self.random.randrange(5)):
            target = self.random.randrange(self.num_slots)
            if name == "dict" and self.random.random() < 0.8:
                references += [("key", "", self.random.randrange(self.num_slots)), ("value", "", target)]
            elif name in ("str", "int"):
                break
            else:
                kind = {"list": "item", "tuple": "item", "set": "member"}.get(name)
                kind = kind or self.pick("attribute", "attribute", "item", "dict", "cell", "type", "none", "key")
                references.append((kind, self.pick(*NAMES) if kind == "attribute" else "", target))
        self.plan[slot][5] = references

    def age(self):
        """Some objects go, others come in their place or elsewhere, some change."""
        for slot in range(self.num_slots):
            chance = self.random.random()
            if slot not in self.plan and chance < 0.4 or slot in self.plan and chance < 0.12:
                self.make(slot)
            elif slot in self.plan and chance < 0.2:
                del self.plan[slot]
            elif slot in self.plan and chance < 0.35:
                self.link(slot)
            elif slot in self.plan and chance < 0.45:
                self.plan[slot][1] += 8 * self.pick(-1, 1, 100)
        if self.random.random() < 0.5 or not self.roots:
            slots = self.random.sample(range(self.num_slots), 4)
            self.roots = [(slots[0], "module", "__main__"), (slots[1], "module", "app"),
                          *[(slot, self.pick("frame", "interpreter", "outside", "immortal"), "x") for slot in slots[2:]]]
        if self.random.random() < 0.05:
            self.class_addr = {name: addr + 32 for name, addr in self.class_addr.items()}

    def _makes_sense(self, name, references, i, things):
        """Targets exist, values have keys, and attribute dicts are dicts. Some keys have lost their values."""
        kind, _, target = references[i]
        if target not in things or (kind == "value" and references[i - 1][2] not in things):
            return False
        has_value = kind != "key" or i + 1 == len(references) or references[i + 1][2] in things
        return (has_value or self.num_slots % 2 == 0) and \
            (kind != "dict" or (name != "dict" and things[target].type.name == "dict"))

    def heap(self, pid=1, taken_at_ns=0):
        things = {}
        classes = []
        for name, offset in self.class_addr.items():
            self.types[name].addr = BASE - 0x1000 + offset
            classes.append(Thing(self.types[name].addr, self.types["type"], 1000, 5))
        types = {name: Type(t.name, t.flags, t.addr) for name, t in self.types.items()}
        for thing in classes:
            thing.type = types["type"]
        for slot, (name, size, refcount, value, immortal, _) in self.plan.items():
            things[slot] = Thing(BASE + 64 * slot, types[name], size, refcount, value, immortal)
        for slot, (name, *_, references) in self.plan.items():
            for i, (kind, text, target) in enumerate(references):
                if self._makes_sense(name, references, i, things):
                    things[slot].refer(things[target], kind, text)
        roots = [(things[slot], kind, name) for slot, kind, name in self.roots if slot in things]
        return Heap([*things.values(), *classes], roots, pid, taken_at_ns)


def write(heaps, folder):
    paths = [str(folder / f"zoo-{i:05}.hfs") for i in range(len(heaps))]
    description = "".join(heap.describe(path) for heap, path in zip(heaps, paths))
    subprocess.run([os.environ["MAKE_SNAPSHOT"]], input=description, text=True, check=True)
    return paths


def unmarked(pattern):
    """"x(.next)+" is the place "x.next"."""
    return re.sub(r"\((\S*?|[^()]*)\)\+", r"\1", pattern)


def compare(growth, twin):
    for i, moment in enumerate(growth.moments):
        order = twin.moments[i].order
        assert (moment.count, moment.size_bytes) == (len(order), sum(thing.size for thing in order))
        assert (moment.garbage_count, moment.garbage_bytes) == twin.garbage(i)
    assert {row.name: (row.counts, row.sizes_bytes, row.num_new, row.num_gone, row.trend)
            for row in growth.grown + growth.shrunk} == twin.types()
    expected = twin.places()
    last = twin.moments[-1]
    found = {last.place(last.heap.things[row.example]): (row.count_growth, row.all_count_growth, row.bytes_growth,
                                                         row.count_steps, row.bytes_steps, row.num_moved, row.trend)
             for row in growth.places}
    assert found == expected
    assert growth.num_all_places == len(expected)
    assert growth.num_steady == sum(row[-1] == "steady" for row in expected.values())
    identity, counted = growth.identity, twin.identity()
    assert identity.by_address == all(match.by_address for match in twin.matches)
    assert (identity.num_new, identity.num_gone, identity.num_same, identity.num_replaced, identity.num_assumed) == \
        tuple(counted[key] for key in ("new", "gone", "same", "replaced", "assumed"))
    assert abs(identity.num_doubtful - counted["doubtful"]) <= len(twin.matches)     # sums of fractions, rounded


def check_rows(growth, twin):
    """What a row says beside its numbers."""
    last, first = twin.moments[-1], twin.moments[0]
    for row in growth.places:
        example = last.heap.things[row.example]
        assert example.addr == row.example_addr and unmarked(row.pattern) == last.text(example)
        assert row.count == len(last.at.get(last.place(example), []))
        assert sum(row.count_steps) == row.count_growth and sum(row.bytes_steps) == row.bytes_growth
        if row.container:
            place = last.place(holder_of(last, example))
            lengths = [sum(map(length_of, moment.at.get(place, []))) for moment in (first, last)]
            assert [row.length_then, row.length_now] == lengths
            assert row.num_containers == len(last.at.get(place, []))


def holder_of(moment, thing):
    """What has it as an item, or else the thing itself."""
    if moment.is_root(thing) or moment.place(thing)[-1] != "[*]":
        return thing
    owner = moment.parent[id(thing)][0]
    return owner if id(owner) not in moment.aside and length_of(owner) else thing


@pytest.mark.parametrize("num_slots", [6, 13, 40, 150])
def test_pairs(tmp_path, num_slots):
    for seed in range(120 if num_slots < 100 else 30):
        zoo = Zoo(seed * 1000 + num_slots, num_slots)
        heaps = [zoo.heap()]
        zoo.age()
        heaps.append(zoo.heap())
        growth, twin = holdfast.diff(*write(heaps, tmp_path), limit=None), Twin(heaps)
        compare(growth, twin)
        check_rows(growth, twin)


@pytest.mark.parametrize("num_slots", [8, 31, 90])
def test_series(tmp_path, num_slots):
    for seed in range(40):
        zoo = Zoo(seed * 77 + num_slots, num_slots)
        heaps = []
        for _ in range(2 + seed % 6):
            heaps.append(zoo.heap())
            zoo.age()
        paths, twin = write(heaps, tmp_path), Twin(heaps)
        compare(holdfast.diff(*paths, limit=None), twin)
        snapshots = [holdfast.load(path) for path in paths]
        assert holdfast.diff(*snapshots, limit=None) == holdfast.diff(*paths, limit=None)
        assert holdfast.diff(paths[0], *snapshots[1:], limit=None) == holdfast.diff(*paths, limit=None)
