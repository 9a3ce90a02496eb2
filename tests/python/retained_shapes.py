"""Shapes of objects that are built, asked about, cut in the live process, and measured: prints a line of JSON for each.

A shape is a function that builds objects below the module `shapes` and gives (cut, do): `cut` are the words for whatif,
and do() does the same to the process. What was freed are the objects of a snapshot before that a snapshot after does
not have any more.
"""
import collections
import contextvars
import functools
import gc
import itertools
import json
import sys
import threading
import types
import weakref

import holdfast

HERE = types.ModuleType("shapes")     # the shapes hang their objects here
sys.modules["shapes"] = HERE


class Thing:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("left", "right", "__weakref__")


class Finalized:
    def __init__(self, log, other=None):
        self.log, self.other = log, other

    def __del__(self):
        self.log.append(1)


def big(number, size=1000):
    return [f"text {number} {i}" for i in range(size)]


def drop(name):
    def do():
        delattr(HERE, name)
    return [f"shapes.{name}"], do


def pairs(count):
    things = []
    for _ in range(count):
        a, b = Thing(data=bytearray(500)), Thing()
        a.other, b.other = b, a
        things.append(a)
    return things


def list_of_texts():
    HERE.x = big(1)
    return drop("x")


def list_of_cyclic_pairs():
    HERE.x = pairs(1000)
    return drop("x")


def dict_item():
    HERE.x = {("k", i): big(i, 20) for i in range(50)}
    return ["shapes.x[('k', 7)]"], lambda: HERE.x.pop(("k", 7))


def dict_with_text_keys():
    HERE.x = {f"key {i}": bytearray(100) for i in range(100)}
    return ["shapes.x['key 3']"], lambda: HERE.x.pop("key 3")


def every_item_of_a_dict():
    HERE.x = {f"key {i}": Thing(data=bytearray(100)) for i in range(100)}
    return ["shapes.x[*]"], lambda: HERE.x.clear()


def every_item_of_a_list():
    HERE.x = pairs(20)
    return ["shapes.x[*]"], lambda: HERE.x.clear()


def every_item_of_every_list():
    HERE.x = [big(1, 10), big(2, 10), big(3, 10)]
    return ["shapes.x[*][*]"], lambda: [part.clear() for part in HERE.x]


def attribute():
    HERE.x = Thing(kept=big(1), cut=big(2))
    return ["shapes.x.cut"], lambda: delattr(HERE.x, "cut")


def slot():
    HERE.x = Slotted()
    HERE.x.left, HERE.x.right = big(1), big(2)
    return ["shapes.x.left"], lambda: delattr(HERE.x, "left")


def attribute_set_to_none():
    HERE.x = Thing(deep=Thing(deeper=Thing(cut=pairs(10))))

    def do():
        HERE.x.deep.deeper.cut = None
    return ["shapes.x.deep.deeper.cut"], do


def list_item():
    HERE.x = [big(1), big(2), big(3)]

    def do():
        HERE.x[1] = None
    return ["shapes.x[1]"], do


def shared_by_two():
    shared = big(1)
    HERE.x, HERE.y = [shared, big(2)], [shared]
    return drop("x")


def shared_and_both_cut():
    shared = big(1)
    HERE.x, HERE.y = [shared, big(2)], [shared, pairs(3)]

    def do():
        del HERE.x, HERE.y
    return ["shapes.x", "shapes.y"], do


def held_by_another_name():
    HERE.x = HERE.y = big(1)
    return drop("x")


def cycle_through_the_cut():
    HERE.x = Thing(child=Thing())
    HERE.x.child.parent = HERE.x
    return drop("x")


def cycle_held_inside():
    first, second = Thing(data=big(1)), Thing(data=big(2))
    first.next, second.next = second, first
    HERE.x, HERE.y = first, second
    return drop("x")


def linked_list():
    node = None
    for i in range(5000):
        node = Thing(next=node, value=str(i) + "!")
    HERE.x = node
    return drop("x")


def middle_of_a_linked_list():
    node = None
    for i in range(300):
        node = Thing(next=node, value=str(i) + "?")
    HERE.x = node

    def do():
        HERE.x.next.next.next.next = None
    return ["shapes.x.next.next.next.next"], do


def doubly_linked_list():
    HERE.x = head = Thing()
    for i in range(200):
        head.next = Thing(previous=head, value=bytearray(64))
        head = head.next
    return drop("x")


def self_reference():
    HERE.x = []
    HERE.x.append(HERE.x)
    HERE.x.append(big(1))
    return drop("x")


def nested_containers():
    HERE.x = {"a": [({"b": [frozenset([(1.5, "deep text")])]},)], "c": collections.deque([bytearray(50)] * 3)}
    return drop("x")


def closure():
    data = big(1)
    HERE.x = lambda: data
    return drop("x")


def two_closures_of_one_cell():
    data = big(1)
    HERE.x, HERE.y = (lambda: data), (lambda: len(data))
    return drop("x")


def default_argument():
    def function(data=big(1)):
        return data
    HERE.x = function
    del function
    return drop("x")


def bound_method():
    class Local:
        def method(self):
            return self
    owner = Local()
    owner.data = big(1)
    HERE.x = owner.method
    del owner, Local
    return drop("x")


def local_class():
    class Local:
        data = big(1)

        def method(self):
            return self
    HERE.x = [Local() for _ in range(10)]
    del Local
    return drop("x")


def generator():
    def count():
        data = big(1)
        yield 1
        yield data
    HERE.x = count()
    next(HERE.x)
    del count
    return drop("x")


def partial():
    HERE.x = functools.partial(len, big(1))
    return drop("x")


def lru_cache():
    @functools.lru_cache(maxsize=None)
    def cached(i):
        return bytearray(i)
    for i in range(100, 150):
        cached(i)
    HERE.x = cached
    del cached
    return drop("x")


def exception_with_traceback():
    def fail():
        data = big(1)
        raise ValueError(data and "no")
    try:
        fail()
    except ValueError as error:
        HERE.x = error
    HERE.x.__traceback__ = HERE.x.__traceback__.tb_next
    del fail
    return drop("x")


def finalizers():
    HERE.y = []
    HERE.x = [Finalized(HERE.y) for _ in range(10)]
    return drop("x")


def finalizers_in_a_cycle():
    HERE.y = []
    first = Finalized(HERE.y)
    first.other = Finalized(HERE.y, first)
    HERE.x = first
    return drop("x")


def weak_reference_does_not_hold():
    HERE.x = Thing(data=big(1))
    HERE.y = weakref.ref(HERE.x)
    return drop("x")


def weak_value_dictionary():
    HERE.x = [Thing(data=big(i, 5)) for i in range(20)]
    HERE.y = weakref.WeakValueDictionary(enumerate(HERE.x))
    # The dictionary drops its own references to the values when these die; it is not a part of the question.
    HERE.y.data.clear()
    return drop("x")


def weakref_callback_is_held():
    HERE.x = Thing()
    HERE.y = weakref.ref(HERE.x, functools.partial(print, big(1)))
    return drop("y")


def ordered_dict():
    HERE.x = collections.OrderedDict((f"k{i}", bytearray(i)) for i in range(50))
    return drop("x")


def defaultdict_of_lists():
    HERE.x = collections.defaultdict(list)
    for i in range(100):
        HERE.x[i % 7].append(str(i) + "#")
    return drop("x")


def property_object():
    data = big(1)
    HERE.x = property(lambda self: data)
    del data
    return drop("x")


def object_by_number():
    HERE.x, HERE.y = Thing(data=big(1)), Thing()
    HERE.y.other = HERE.x

    def do():
        del HERE.x, HERE.y.other
    return [hex(id(HERE.x))], do


def reference_from_an_object():
    HERE.x = Thing(data=big(1), other=pairs(2))
    return [f"{id(HERE.x):#x}.data"], lambda: delattr(HERE.x, "data")


def set_of_tuples():
    HERE.x = {(i, str(i) + "%") for i in range(500)}
    return drop("x")


def namedtuples():
    point = collections.namedtuple("Point", "x y")
    HERE.y = point
    HERE.x = [point(i + 10000, [i]) for i in range(50)]
    return drop("x")


def thread_local_values():
    HERE.x = threading.local()
    HERE.x.data = big(1)
    return drop("x")


def variable_of_another_thread():
    started, go_on = threading.Event(), threading.Event()

    def wait(started, go_on):
        data = big(1)
        started.set()
        go_on.wait()
        return len(data)
    thread = threading.Thread(target=wait, args=(started, go_on), daemon=True)
    thread.start()
    started.wait()

    def do():
        go_on.set()
        thread.join()
    return ["frame:wait:data"], do


def suspended_coroutine():
    @types.coroutine
    def wait():
        yield

    async def ask(data):
        await wait()
    HERE.x = ask(big(1))
    HERE.x.send(None)
    return drop("x")


def views_of_a_dict():
    found = {f"key {i}": Thing(number=i) for i in range(200)}
    HERE.x = [types.MappingProxyType(found), found.keys(), iter(found.items())]
    return drop("x")


def values_in_a_context():
    variable, context = contextvars.ContextVar("variable"), contextvars.Context()
    context.run(variable.set, big(1))
    HERE.x = context, variable
    return drop("x")


def weak_key_that_its_value_holds():
    HERE.x = weakref.WeakKeyDictionary()
    for i in range(100):
        thing = Thing(number=i)
        HERE.x[thing] = [thing, f"text {i}"]
    return drop("x")


def one_of_two_iterators():
    left, HERE.other = itertools.tee(iter(big(1)))
    list(itertools.islice(HERE.other, 700))
    HERE.x = left
    return drop("x")


def nested_frozensets():
    HERE.x = frozenset({"leaf"})
    for i in range(200):
        HERE.x = frozenset({HERE.x, f"leaf {i}"})
    return drop("x")


def complete_graph():
    things = [Thing() for _ in range(60)]
    for thing in things:
        thing.all = list(things)
    HERE.x = things[0]
    return drop("x")


def small_view_of_a_buffer():
    HERE.x = memoryview(bytearray(100000))[5:10]
    return drop("x")


SHAPES = {name: value for name, value in list(globals().items())
          if isinstance(value, types.FunctionType) and name not in ("big", "drop", "pairs")}


def identity(node):
    """Addresses are used again, most of all by numbers and texts."""
    return node.addr, node.type, node.value if node.type in ("int", "str", "float", "bytes") else ""


def by_type(nodes):
    counts = {}
    for node in nodes:
        count, size_bytes = counts.get(node.type, (0, 0))
        counts[node.type] = (count + 1, size_bytes + node.size_bytes)
    return counts


def measure(shape):
    """What was said would be freed, and what was: {type: (objects, bytes)}, and blocks of memory given back."""
    cut, do = shape()
    gc.collect()
    before = holdfast.snapshot()
    blocks = sys.getallocatedblocks()
    do()
    gc.collect()
    blocks -= sys.getallocatedblocks()
    after = holdfast.snapshot()
    left = {identity(node) for node in after.find(selector="*")}
    lost = [node for node in before.find(selector="*") if identity(node) not in left]
    said = before.whatif(cut, limit=None)
    return {row.name: (row.count, row.size_bytes) for row in said.types}, by_type(lost), blocks


def clean():
    for name in [name for name in vars(HERE) if not name.startswith("__")]:
        delattr(HERE, name)
    gc.collect()


def main():
    gc.disable()
    for shape in SHAPES.values():     # fills caches and free lists
        shape()[1]()
        clean()
    for name, shape in SHAPES.items():
        said, freed, blocks = measure(shape)
        clean()
        print(json.dumps({"shape": name, "said": said, "freed": freed, "blocks": blocks}))


if __name__ == "__main__":
    main()
