"""A program whose waste is known: it counts by itself what `holdfast waste` should say of each of its attributes.

Values are grouped by Python's own equality and sizes summed up with sys.getsizeof. What one copy less would save is
what is measured of a container that is really made anew.

    python waste_heap.py        prints the numbers as JSON in one line, and waits for the end of stdin
"""
import json
import random
import sys
import tracemalloc

random = random.Random(4)


class Text(str):
    """Of a type of its own: equal to a str, and no copy of it."""


class Point:
    def __init__(self, i):
        self.x, self.y, self.z = i, i, i


class Derived(Point):
    pass


class Looked(Point):
    """The attribute dict is there, because somebody looked at it."""

    def __init__(self, i):
        super().__init__(i)
        vars(self)


class Own(Point):
    """... and has a table of its own."""

    def __init__(self, i):
        super().__init__(i)
        self.__dict__ = dict(vars(self))


class Slotted:
    __slots__ = ("x", "y", "z")

    def __init__(self, i):
        self.x, self.y, self.z = i, i, i


class Heap:
    """Each attribute is a list: `x` in it reads as Heap.x[*]."""


def text(i, length, letter="a"):
    """The i-th text of that many characters, which no other part of the program has; a new object each time."""
    return "".join(["waste %d " % i, letter * (length - len("waste %d " % i))])


def numbers(count, different):
    return [random.randrange(different) for _ in range(count)]


def make():
    heap = Heap()
    heap.short = [text(i, 20) for i in numbers(500, 40)]
    heap.edge = [text(i, length) for i in range(6) for length in (63, 64, 65) for _ in range(3)]
    heap.long = [text(i, 100 + i % 3, letter) for i in numbers(500, 60) for letter in "a\xe9\u20ac\U0001f600"]
    heap.middle = [b"waste" + bytes(20000) + bytes([i]) + bytes(20000) for i in numbers(30, 5)]
    heap.huge = [b"waste" + bytes([i]) * 300000 for i in (1, 2, 1)]
    heap.blobs = [b"waste %d" % i + bytes(i) for i in numbers(200, 100)]
    heap.texts = [Text(text(i, 20)) for i in numbers(50, 10)]
    heap.single_copies = [text(1000 + i, 30 + i) for i in range(100)]
    shared = [["a list"] for _ in range(3)]
    heap.tuples = [("waste", i, float(i), None, (i, "in")) for i in numbers(100, 20)]
    heap.tuples_of_lists = [("waste", shared[i]) for i in numbers(30, 3)]
    heap.own_lists = [("waste", ["a list"]) for _ in range(10)]
    heap.ints_and_floats = [("waste", 1 if i % 2 else 1.0) for i in range(10)]
    heap.deep = [nest(50, i) for i in numbers(20, 4)]
    heap.empty = [make_empty(i) for i in range(60)]
    heap.single = [{"waste": 1}, {1: 2}, [*range(1)]] + [[i] for i in range(9)] + [{i} for i in range(5)]
    heap.lists = [appended(i) for i in range(2, 200, 7)]
    heap.dicts = [shrunk_dict(i, i // 3, kind) for i in range(6, 400, 17) for kind in (str, int)]
    heap.points, heap.derived, heap.looked, heap.own = map(instances, (Point, Derived, Looked, Own))
    heap.views = [memoryview(bytes(50000))[i:i + 10] for i in range(4)]
    twice = memoryview(bytes(60000))
    heap.two_views = [twice[:100], twice[200:300]]
    heap.buffer = [bytes(70000)]
    heap.held = [memoryview(heap.buffer[0])[:10]]
    large = memoryview(bytearray(80000))
    heap.large_view = [large[:60000], large[5:10]]
    heap.sets = [shrunk_set(i, i // 3) for i in range(6, 400, 17)]
    return heap


def instances(cls, count=500):
    """The first ones of a class take more than all others in some releases: those are not looked at."""
    first = [cls(i) for i in range(60)]
    del first
    found = [None] * count
    for i in range(count):
        found[i] = cls(0)
    return found


def traced(cls):
    """What one instance more takes, as tracemalloc has it."""
    count = 200
    found = instances(cls, count) + [None] * count
    tracemalloc.start()
    for i in range(count):
        found[count + i] = cls(0)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size // count


def slots(heap):
    """By class: instances, what they take, and what they would not if they were those of a class with __slots__."""
    small = traced(Slotted)
    return {cls.__name__: [500, 500 * traced(cls), 500 * (traced(cls) - small)]
            for cls in (Point, Derived, Looked, Own)}


def views(heap):
    """By attribute: views, with the buffers that they alone hold, and what these would not take as copies."""
    found = {}
    for name, values in (("views", heap.views), ("two_views", heap.two_views)):
        buffers = {id(view.obj): view.obj for view in values}.values()
        size = sum(map(sys.getsizeof, buffers))
        found[name + " memoryview"] = [len(values), size + sum(map(sys.getsizeof, values)),
                                       size - sum(view.nbytes for view in values)]
    return found


def nest(depth, i):
    found = ("waste", i)
    for _ in range(depth):
        found = (found,)
    return found


def make_empty(i):
    if i % 3 == 0:
        return [] if i % 2 else [*range(0)]
    return {} if i % 3 == 1 else set()


def appended(length):
    found = []
    for i in range(length):
        found.append(None)
    return found


def shrunk_dict(length, left, key):
    found = {key(i): None for i in range(length)}
    for i in range(left, length):
        del found[key(i)]
    return found


def shrunk_set(length, left):
    found = {i for i in range(length)}
    for i in range(left, length):
        found.discard(i)
    return found


def new_copy(container):
    """As capacity.h says: just the slots of a list, a dict item by item, a set from the set."""
    if type(container) is list:
        return sys.getsizeof([]) + 8 * len(container)
    if type(container) is dict:
        found = {}
        for key in container:
            found[key] = None
        return sys.getsizeof(found)
    return sys.getsizeof(set(container))


def identity(value):
    """Equal keys for values of which one can stand for the other."""
    if type(value) is tuple:
        return tuple, tuple([identity(item) for item in value])
    if isinstance(value, (str, bytes, int, float)):
        return type(value), value
    return id(value)


def walk(value):
    """An object of the heap and, of a tuple, the tuples and strings in it."""
    yield value
    if type(value) is tuple:
        for item in value:
            yield from walk(item)


def duplicates(heap):
    """By attribute: copies too many and their bytes, of the objects in its list; tuples in tuples are one place."""
    copies = {}
    for name, values in vars(heap).items():
        for value in values:
            for part in walk(value):
                if isinstance(part, (str, bytes, tuple)):
                    copies.setdefault(identity(part), {})[id(part)] = part
    kept = {min(parts) for parts in copies.values()}
    found = {}
    for name, values in vars(heap).items():
        parts = [part for value in values for part in walk(value) if part is value or type(part) is tuple]
        for part in {id(part): part for part in parts}.values():
            if isinstance(part, (str, bytes, tuple)) and id(part) not in kept:
                add(found, name, part, sys.getsizeof(part))
    return found


def containers(heap, wanted):
    found = {}
    for name, values in vars(heap).items():
        for value in values:
            if type(value) in (dict, list, set) and min(len(value), 2) == wanted:
                saving = sys.getsizeof(value) if wanted < 2 else max(0, sys.getsizeof(value) - new_copy(value))
                if saving:
                    add(found, name, value, saving)
    return found


def add(found, name, value, saving):
    row = found.setdefault("%s %s" % (name, type(value).__name__), [0, 0, 0])
    row[0] += 1
    row[1] += sys.getsizeof(value)
    row[2] += saving


def expected(heap):
    return {"duplicates": duplicates(heap), "empty": containers(heap, 0), "single": containers(heap, 1),
            "spare": containers(heap, 2), "slots": slots(heap), "views": views(heap)}


HEAP = make()

if __name__ == "__main__":
    print(json.dumps(expected(HEAP)), flush=True)
    sys.stdin.read()
