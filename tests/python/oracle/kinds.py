"""One owner for each kind of reference that holdfast knows, made from the object that it is to hold.

KINDS maps a name to (make, part): make(x) gives an owner that keeps x alive, alone; `part` is what the expression of
the path from the owner to x must contain. None: any expression will do. GAP: Python has no expression for it, and holdfast
says where.
"""
import asyncio
import collections
import concurrent.futures
import contextlib
import contextvars
import csv
import ctypes
import datetime
import enum
import functools
import importlib.util
import io
import itertools
import operator
import pickle
import queue
import re
import sys
import threading
import time
import types
import weakref
import xml.etree.ElementTree

GAP = object()


class Target:
    """What is asked for: one object per kind, held in one way."""


class Plain:
    pass


class Slotted:
    __slots__ = ("slot", "__private")

    def __init__(self, value):
        self.__private = value


class SlottedMore(Slotted):
    __slots__ = ("more",)


class SlotAndDict(Slotted):
    __slots__ = ("__dict__", "__weakref__")


class Hostile:
    """Reading anything of it the usual way would be noticed."""

    def __getattribute__(self, name):
        raise AssertionError(f"the expression read {name} through the class")


class Shadowed:
    """The property hides what lies in the instance's dict."""

    @property
    def value(self):
        raise AssertionError("the expression ran the property")


class Rows(list):
    def __getitem__(self, index):
        raise AssertionError("the expression ran __getitem__")


class Conf(dict):
    def __getitem__(self, key):
        raise AssertionError("the expression ran __getitem__")


class OddKey:
    """A key that no literal can name."""


class Word(str):
    def __eq__(self, other):
        raise AssertionError("the expression compared a key")

    __hash__ = str.__hash__


class Text(str):
    pass


class Bytes(bytes):
    pass


class Number(int):
    pass


class Real(float):
    pass


class Row(tuple):
    pass


class Odd(OSError):
    pass


class Sequence:
    """The old protocol of sequences."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, index):
        return index

    def __len__(self):
        return 3


class Sub(Sequence):
    pass


class Zone(datetime.tzinfo):
    def __init__(self, value):
        self.value = value


class Stream(io.RawIOBase):
    def __init__(self, value):
        self.value = value

    def writable(self):
        return True

    def readable(self):
        return True


class Write:
    """A file for writers in C: they look up `write` once."""

    def __init__(self, value):
        self.value = value

    def write(self, text):
        return len(text)


class Local(threading.local):
    pass


class Reference(weakref.ref):
    pass


Pair = collections.namedtuple("Pair", "left right")
ANCHORS = []       # what weak references refer to
LOOPS = []         # what tasks and futures need


def forget():
    """Lets go of what the owners need beside them."""
    for loop in LOOPS:
        loop.close()
    LOOPS.clear()
    ANCHORS.clear()


def anchor():
    ANCHORS.append(Plain())
    return ANCHORS[-1]


def generator(value):
    yield
    return value


def generator_with_cell(value):
    yield
    return lambda: value


def delegating(value):
    yield from generator(value)


def handling(value):
    try:
        raise ValueError(value)
    except ValueError:
        yield


async def coroutine(value):
    await suspended()
    return value


async def awaiting(value):
    await coroutine(value)


async def awaiting_given(awaited):
    await next(iter([awaited, (awaited := None)]))


@types.coroutine
def suspended():
    yield


async def async_generator(value):
    yield
    print(value)


def started(iterator):
    iterator.send(None)
    return iterator


def advanced(iterator):
    next(iterator)
    return iterator


def finish(step):
    try:
        step.send(None)
    except StopIteration:
        return
    raise AssertionError("it did not stop")


def started_async(iterator):
    finish(iterator.asend(None))
    return iterator


def stepping(value):
    """An asend() that waits to be sent."""
    return async_generator(None).asend(value)


def throwing(value):
    return async_generator(None).athrow(ValueError(value))


def hostile(value):
    owner = Hostile()
    object.__getattribute__(owner, "__dict__")["kept"] = value
    return owner


def slotted(value):
    owner = Slotted(None)
    owner.slot = value
    return owner


def slotted_more(value):
    owner = SlottedMore(None)
    owner.more = value
    return owner


def slot_and_dict(value):
    owner = SlotAndDict(None)
    owner.kept = value
    return owner


def inline(value):
    """As most instances are: no dict was ever asked for."""
    owner = Plain()
    owner.first = None
    owner.kept = value
    return owner


def set_attribute(owner, value):
    owner.kept = value
    return owner


def with_attributes(owner, **attributes):
    vars(owner).update(attributes)
    return owner


def function_with(value, kind="default"):
    if kind == "default":
        return lambda x=value: x
    if kind == "keyword":
        return lambda *, x=value: x
    if kind == "global":
        return types.FunctionType((lambda: 1).__code__, {"kept": value})
    if kind == "constant":
        code = (lambda: 1).__code__
        return types.FunctionType(code.replace(co_consts=code.co_consts + (value,)), {})
    function = lambda: 1  # noqa: E731
    if kind == "annotation":
        function.__annotations__ = {"x": value}
    elif kind == "doc":
        function.__doc__ = value
    else:
        return lambda: value
    return function


def raised(value):
    try:
        raise ValueError(value)
    except ValueError as error:
        return error


def with_traceback(value):
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def deep_traceback(value):
    def inner(kept):
        raise ValueError
    try:
        inner(value)
    except ValueError as error:
        del value
        return error.__traceback__


def frame_of(value):
    return sys._getframe()


def back_of(value):
    def inner():
        return sys._getframe()
    return inner()


def chained(value):
    try:
        try:
            raise KeyError(value)
        except KeyError:
            raise ValueError
    except ValueError as error:
        return error.with_traceback(None)


def caused(value):
    try:
        raise ValueError from KeyError(value)
    except ValueError as error:
        return error.with_traceback(None)


def noted(value):
    error = ValueError()
    error.__notes__ = [value]
    return error


def class_with(value, **more):
    return type("Made", (), {"kept": value, **more})


def property_of(value):
    class Descriptor:
        def __get__(self, instance, owner):
            raise AssertionError("the expression ran __get__")
    descriptor = Descriptor()
    descriptor.kept = value
    return type("Made", (), {"described": descriptor})


def metaclass_with(value):
    return type("Meta", (type,), {"kept": value})("Made", (), {})


def module_with(value):
    module = types.ModuleType("made")
    module.kept = value
    return module


def with_class(value):
    """An instance of a class that only the instance holds."""
    return type("Made", (), {"kept": value})()


def callback(value):
    return types.MethodType(print, value)


def reference_with(value):
    owner = Reference(anchor())
    owner.kept = value
    return owner


def weak_values(value):
    owner = weakref.WeakValueDictionary()
    owner[value] = anchor()
    return owner


def weak_keys(value):
    owner = weakref.WeakKeyDictionary()
    owner[anchor()] = value
    return owner


def cached(value, maxsize):
    @functools.lru_cache(maxsize=maxsize)
    def double(argument):
        return argument
    double(None)
    double(7)
    double(value)
    return double


def cached_tuple(value):
    @functools.lru_cache(maxsize=2)
    def collect(*arguments):
        return list(arguments)
    for i in range(5):
        collect(i, Plain())
    collect(1, value)
    return collect


def decorated(value):
    class Made:
        @functools.cached_property
        def kept(self):
            return value
    made = Made()
    made.kept
    del Made
    return made


def context_with(value):
    variable, context = contextvars.ContextVar("kept"), contextvars.Context()
    context.run(variable.set, value)
    ANCHORS.append(variable)
    return context


def context_of_many(value):
    """More variables than one node of the mapping holds."""
    variables, context = [contextvars.ContextVar(f"v{i}") for i in range(60)], contextvars.Context()
    for variable in variables:
        context.run(variable.set, value if variable is variables[30] else None)
    ANCHORS.append(variables)
    return context


def token_with(value):
    variable, context = contextvars.ContextVar("kept"), contextvars.Context()
    context.run(variable.set, value)
    token = context.run(variable.set, None)
    context.run(lambda: None)
    return token


def exhausted(iterator):
    """The last value stays where the iterator keeps it for reuse."""
    for _ in iterator:
        pass
    return iterator


def exhausted_cycle(value):
    """It has come around once, and goes on from its own copy."""
    return advanced(advanced(advanced(itertools.cycle([value, None]))))


def grouped(value):
    return advanced(itertools.groupby([value, None], key=lambda item: item is value))


def teed(value):
    ahead, behind = itertools.tee([value, None])
    exhausted(ahead)
    return behind


def task_of(value):
    loop = asyncio.new_event_loop()
    task = loop.create_task(coroutine(value))
    task._log_destroy_pending = False
    loop.call_soon(loop.stop)
    loop.run_forever()
    LOOPS.append(loop)
    return task


def future_of(value, kind="result"):
    loop = asyncio.new_event_loop()
    LOOPS.append(loop)
    future = loop.create_future()
    if kind == "result":
        future.set_result(value)
    elif kind == "exception":
        future.set_exception(ValueError(value))
        future.exception()
    else:
        future.add_done_callback(callback(value))
    return future


def handle_of(value):
    loop = asyncio.new_event_loop()
    LOOPS.append(loop)
    return loop.call_later(3600, print, value)


def simple_queue(value):
    owner = queue.SimpleQueue()
    owner.put(value)
    return owner


def thread_local(value):
    owner = threading.local()
    owner.kept = value
    return owner


def timestamp(value):
    return datetime.datetime(2020, 1, 1, tzinfo=Zone(value))


def element_of(value, kind="text"):
    owner = xml.etree.ElementTree.Element("made")
    if kind == "text":
        owner.text = value
    elif kind == "attribute":
        owner.set("kept", value)
    else:
        child = xml.etree.ElementTree.SubElement(owner, "child")
        child.tail = value
    return owner


def callback_in_c(value):
    function = ctypes.CFUNCTYPE(None)(types.MethodType(lambda kept: None, value))
    return function


def stack_of(value):
    stack = contextlib.ExitStack()
    stack.callback(print, value)
    return stack


def future_done(value):
    future = concurrent.futures.Future()
    future.set_result(value)
    return future


def array_of(value, kind="1-d"):
    import numpy
    if kind == "0-d":
        return numpy.array(value, dtype=object)
    if kind == "view":
        return array_of(value, "2-d")[1:, ::-1]
    if kind == "permuted":
        return numpy.array([[[None, value], [1, 2]]], dtype=object).transpose(1, 0, 2).copy(order="K")
    if kind == "iterator":
        return array_of(value).flat
    return numpy.array([[None, 1], [value, 3]] if kind == "2-d" else [None, value], dtype=object)


def structure_of(value):
    return time.struct_time([value] * 9)


def view_of(value):
    class Bytearray(bytearray):
        pass
    return memoryview(set_attribute(Bytearray(8), value))


def with_mangled_keys(value):
    """A dict that a class shares, with keys that no other instance has."""
    one, other = Plain(), Plain()
    one.common, other.common = 1, 2
    del one.common
    one.late = value
    return one


def after_deletions(value):
    owner = {i: i for i in range(40)}
    owner["kept"] = value
    for i in range(40):
        del owner[i]
    return owner


def str_dict_after_deletions(value):
    owner = {f"k{i}": i for i in range(40)}
    owner["kept"] = value
    for i in range(39):
        del owner[f"k{i}"]
    return owner


def set_after_deletions(value):
    owner = set(range(100)) | {value}
    for i in range(100):
        owner.discard(i)
    return owner


KINDS = {
    # attributes
    "global variable": (lambda x: x, "sys.modules['kinds.global variable'].held"),
    "attribute": (inline, ".held.kept"),
    "attribute, dict made": (lambda x: with_attributes(Plain(), kept=x), ".held.kept"),
    "attribute, keyword": (lambda x: with_attributes(Plain(), **{"class": x}), ".__dict__['class']"),
    "attribute, any text": (lambda x: with_attributes(Plain(), **{"a b\n'\"": x}), None),
    "attribute, not ASCII": (lambda x: with_attributes(Plain(), **{"\ufb01": x}), None),
    "attribute, odd order": (with_mangled_keys, ".held.late"),
    "attribute of an exception": (lambda x: set_attribute(ValueError(), x), ".held.kept"),
    "attribute of a subclass in C": (lambda x: set_attribute(Odd(1, "no"), x), ".held.kept"),
    "attribute of an int": (lambda x: set_attribute(Number(1 << 100), x), ".held.kept"),
    "attribute of a negative int": (lambda x: set_attribute(Number(-5), x), ".held.kept"),
    "attribute of a zero": (lambda x: set_attribute(Number(0), x), ".held.kept"),
    "attribute of a str": (lambda x: set_attribute(Text("text"), x), ".held.kept"),
    "attribute of a bytes": (lambda x: set_attribute(Bytes(b"12345"), x), ".held.kept"),
    "attribute of a tuple": (lambda x: set_attribute(Row((1, 2, 3)), x), ".held.kept"),
    "attribute of a list": (lambda x: set_attribute(Rows((1, 2, 3)), x), ".held.kept"),
    "attribute of a partial": (lambda x: set_attribute(functools.partial(print), x), ".held.kept"),
    "slot": (slotted, ".held.slot"),
    "mangled slot": (lambda x: Slotted(x), ".held._Slotted__private"),
    "slot of a subclass": (slotted_more, ".held.more"),
    "slots and a dict": (slot_and_dict, ".held.kept"),
    "behind __getattribute__": (hostile, "object.__getattribute__("),
    "behind a property": (lambda x: with_attributes(Shadowed(), value=x), ".__dict__['value']"),
    "cached property": (decorated, ".held.__dict__['kept']"),
    "namespace": (lambda x: types.SimpleNamespace(kept=x), ".held.kept"),
    # containers
    "list item": (lambda x: [None, x], ".held[1]"),
    "tuple item": (lambda x: (0, (x,)), ".held[1][0]"),
    "named tuple": (lambda x: Pair(None, x), None),
    "struct sequence": (structure_of, ".held.tm_year"),
    "list subclass": (lambda x: Rows([x]), "list.__getitem__("),
    "deque": (lambda x: collections.deque([1, 2, x]), ".held[2]"),
    "deque of many": (lambda x: collections.deque([*range(200), x]), ".held[200]"),
    "deque, turned": (lambda x: collections.deque([*range(300), x, None], maxlen=100), ".held[98]"),
    "dict value": (lambda x: {"k": x}, ".held['k']"),
    "dict value, twice": (lambda x: {"a": 1, "b": x, "c": x}, ".held['b']"),
    "dict value, tuple key": (lambda x: {("session", 7): x}, ".held[('session', 7)]"),
    "dict value, bytes key": (lambda x: {b"\x00'": x}, None),
    "dict value, float key": (lambda x: {0.1: x}, ".held[0.1]"),
    "dict value, None key": (lambda x: {None: x}, ".held[None]"),
    "dict value, nan key": (lambda x: {float("nan"): x}, "dict.values("),
    "dict value, large int key": (lambda x: {1 << 200: x}, None),
    "dict value, object key": (lambda x: {OddKey(): x}, "dict.values("),
    "dict value, str subclass key": (lambda x: {Word("w"): x}, "dict.values("),
    "dict value, surrogate key": (lambda x: {"\ud800": x}, ".held['\\ud800']"),
    "dict value, others deleted": (after_deletions, ".held['kept']"),
    "dict value, other names deleted": (str_dict_after_deletions, ".held['kept']"),
    "dict key": (lambda x: {1: 2, x: 3}, "dict.keys("),
    "dict subclass": (lambda x: Conf(k=x), "dict.__getitem__("),
    "set": (lambda x: {1, "two", x}, None),
    "set, others deleted": (set_after_deletions, None),
    "frozenset": (lambda x: frozenset([x, 1.5]), None),
    "OrderedDict": (lambda x: collections.OrderedDict(a=1, b=x), None),
    "OrderedDict key": (lambda x: collections.OrderedDict({1: 1, x: 2}), None),
    "defaultdict value": (lambda x: collections.defaultdict(list, a=x), None),
    "default_factory": (lambda x: collections.defaultdict(types.MethodType(print, x)), None),
    "Counter": (lambda x: collections.Counter({x: 3}), None),
    "ChainMap": (lambda x: collections.ChainMap({}, {"k": x}), None),
    "UserDict": (lambda x: collections.UserDict({"k": x}), None),
    "mappingproxy": (lambda x: types.MappingProxyType({"k": x}), ".held['k']"),
    "mappingproxy, object key": (lambda x: types.MappingProxyType({OddKey(): x}), ".held.values())[0]"),
    "mappingproxy, key": (lambda x: types.MappingProxyType({x: 1}), ".held.keys())[0]"),
    "mappingproxy of a class": (lambda x: vars(class_with(x)), ".held['kept']"),
    "mappingproxy of a dict subclass": (lambda x: types.MappingProxyType(Conf(k=x)), GAP),
    "object array": (array_of, ".held[1]"),
    "object array, 0-d": (lambda x: array_of(x, "0-d"), GAP),
    "object array, 2-d": (lambda x: array_of(x, "2-d"), GAP),
    "object array, view": (lambda x: array_of(x, "view"), GAP),
    "object array, permuted": (lambda x: array_of(x, "permuted"), GAP),
    "object array, iterator": (lambda x: array_of(x, "iterator"), None),
    # functions and classes
    "function default": (lambda x: function_with(x), ".__defaults__[0]"),
    "keyword default": (lambda x: function_with(x, kind="keyword"), ".__kwdefaults__['x']"),
    "closure": (lambda x: function_with(x, kind="closure"), ".__closure__[0].cell_contents"),
    "globals of a function": (lambda x: function_with(x, kind="global"), ".__globals__['kept']"),
    "constant": (lambda x: function_with(x, kind="constant"), ".__code__.co_consts["),
    "annotation": (lambda x: function_with(x, kind="annotation"), ".__annotations__['x']"),
    "doc": (lambda x: function_with(x, kind="doc"), ".__doc__"),
    "function attribute": (lambda x: with_attributes(function_with(None), kept=x), ".held.kept"),
    "bound method": (lambda x: types.MethodType(print, x), ".__self__"),
    "function of a method": (lambda x: types.MethodType(set_attribute(lambda self: 1, x), 1), ".__func__.kept"),
    "bound method in C": (lambda x: [x].append, ".__self__[0]"),
    "method wrapper": (lambda x: x.__str__, ".__self__"),
    "super": (lambda x: super(Sub, Sub(x)), None),
    "partial": (lambda x: functools.partial(print, x), ".args[0]"),
    "partial keyword": (lambda x: functools.partial(print, end=x), ".keywords['end']"),
    "partial function": (lambda x: functools.partial(set_attribute(lambda: 1, x)), ".func.kept"),
    "lru_cache": (lambda x: functools.lru_cache(with_attributes(lambda: 1, kept=x)), None),
    "lru_cache, value": (lambda x: cached(x, 128), GAP),
    "lru_cache, value, unbounded": (lambda x: cached(x, None), GAP),
    "lru_cache, value in a list": (cached_tuple, GAP),
    "property": (lambda x: property(with_attributes(lambda self: 1, kept=x)), ".fget.kept"),
    "property setter": (lambda x: property(None, with_attributes(lambda self: 1, kept=x)), ".fset.kept"),
    "property deleter": (lambda x: property(None, None, with_attributes(lambda self: 1, kept=x)), ".fdel.kept"),
    "static method": (lambda x: staticmethod(with_attributes(lambda: 1, kept=x)), None),
    "class method": (lambda x: classmethod(with_attributes(lambda: 1, kept=x)), None),
    "getter of items": (lambda x: operator.itemgetter(1, x), GAP),
    "caller of methods": (lambda x: operator.methodcaller("name", x), GAP),
    "sort key": (lambda x: functools.cmp_to_key(print)(x), ".obj"),
    "cell": (lambda x: types.CellType(x), ".cell_contents"),
    "class attribute": (class_with, ".held.kept"),
    "class attribute, descriptor": (property_of, ".__dict__['described'].kept"),
    "class": (with_class, "type("),
    "base class": (lambda x: type("Made", (class_with(x),), {}), None),
    "metaclass": (metaclass_with, "type("),
    "enumeration": (lambda x: enum.Enum("Made", {"member": x}), None),
    "module": (module_with, ".held.kept"),
    "slice": (lambda x: slice(1, x), ".stop"),
    "generic alias": (lambda x: list[x], ".__args__[0]"),
    # frames, generators, exceptions
    "generator": (lambda x: started(generator(x)), ".gi_frame.f_locals['value']"),
    "generator, not started": (generator, ".gi_frame.f_locals['value']"),
    "generator, cell": (lambda x: started(generator_with_cell(x)), ".gi_frame.f_locals['value']"),
    "generator, handling": (lambda x: started(handling(x)), None),
    "generator expression": (lambda x: advanced(i for i in [1, x]), None),
    "yield from": (lambda x: started(delegating(x)), None),
    "coroutine": (lambda x: started(coroutine(x)), ".cr_frame.f_locals['value']"),
    "coroutine, awaiting": (lambda x: started(awaiting(x)), None),
    "coroutine, awaiting alone": (lambda x: started(awaiting_given(coroutine(x))), ".cr_await.cr_frame.f_locals['value']"),
    "coroutine, awaited": (lambda x: started(coroutine(x)).__await__(), GAP),
    "async generator": (lambda x: started_async(async_generator(x)), ".ag_frame.f_locals['value']"),
    "async generator, sent": (stepping, GAP),
    "async generator, thrown": (throwing, GAP),
    "frame": (frame_of, ".f_locals['value']"),
    "frame, back": (back_of, ".f_back.f_locals['value']"),
    "exception": (raised, ".args[0]"),
    "exception, notes": (noted, ".__notes__[0]"),
    "stop iteration": (lambda x: StopIteration(x), None),
    "system exit": (lambda x: SystemExit(1, x), None),
    "os error": (lambda x: OSError(2, "no", x), ".filename"),
    "import error": (lambda x: ImportError("no", name=x), ".name"),
    "traceback": (with_traceback, ".tb_frame.f_locals['value']"),
    "traceback, next": (deep_traceback, ".tb_next.tb_frame.f_locals['kept']"),
    "context": (chained, ".__context__.args[0]"),
    "cause": (caused, ".__cause__.args[0]"),
    # weak references
    "weak reference, callback": (lambda x: weakref.ref(anchor(), callback(x)), ".__callback__.__self__"),
    "weak reference, attribute": (reference_with, None),
    "proxy, callback": (lambda x: weakref.proxy(anchor(), callback(x)), GAP),
    "weak values": (weak_values, None),
    "weak keys": (weak_keys, None),
    # context variables
    "context variable": (lambda x: contextvars.ContextVar("v", default=x), GAP),
    "context": (context_with, GAP),
    "context of many": (context_of_many, GAP),
    "context token": (token_with, None),
    # iterators
    "list iterator": (lambda x: iter([1, x]), ".__reduce__()"),
    "list iterator, reversed": (lambda x: reversed([1, x]), ".__reduce__()[1]"),
    "tuple iterator": (lambda x: iter((1, x)), ".__reduce__()"),
    "dict iterator, keys": (lambda x: iter({1: x}), GAP),
    "dict iterator, values": (lambda x: iter({1: x}.values()), GAP),
    "dict iterator, items": (lambda x: iter({1: x}.items()), GAP),
    "dict iterator, items reversed": (lambda x: reversed({1: x}.items()), GAP),
    "dict keys": (lambda x: {1: x}.keys(), GAP),
    "dict values": (lambda x: {1: x}.values(), GAP),
    "dict items": (lambda x: {1: x}.items(), GAP),
    "set iterator": (lambda x: iter({x}), GAP),
    "deque iterator": (lambda x: iter(collections.deque([1, x])), GAP),
    "odict iterator": (lambda x: iter(collections.OrderedDict(a=x)), GAP),
    "sequence iterator": (lambda x: iter(Sequence(x)), ".__reduce__()"),
    "sequence, reversed": (lambda x: reversed(Sequence(x)), ".__reduce__()[1]"),
    "callable iterator": (lambda x: iter(callback(x), None), ".__reduce__()[1]"),
    "sentinel": (lambda x: iter(int, x), ".__reduce__()[1]"),
    "enumerate": (lambda x: enumerate([x]), ".__reduce__()[1]"),
    "zip": (lambda x: zip([1], [x]), ".__reduce__()[1]"),
    "zip, exhausted": (lambda x: exhausted(zip([1], [x])), GAP),
    "map": (lambda x: map(print, [x]), GAP),
    "map, function": (lambda x: map(callback(x), [1]), ".__reduce__()[1][0].__self__"),
    "filter": (lambda x: filter(print, [x]), ".__reduce__()[1]"),
    "itertools.chain": (lambda x: itertools.chain([1], [x]), GAP),
    "itertools.count": (lambda x: itertools.count(set_attribute(Real(1.5), x), 2.5), GAP),
    "itertools.cycle": (exhausted_cycle, GAP),
    "itertools.repeat": (lambda x: itertools.repeat(x), GAP),
    "itertools.takewhile": (lambda x: itertools.takewhile(print, [x]), GAP),
    "itertools.dropwhile": (lambda x: itertools.dropwhile(print, [x]), GAP),
    "itertools.filterfalse": (lambda x: itertools.filterfalse(print, [x]), GAP),
    "itertools.starmap": (lambda x: itertools.starmap(print, [x]), GAP),
    "itertools.islice": (lambda x: itertools.islice([1, x], 2), GAP),
    "itertools.accumulate": (lambda x: itertools.accumulate([1, x]), GAP),
    "itertools.compress": (lambda x: itertools.compress([1, x], [1, 1]), GAP),
    "itertools.groupby": (grouped, GAP),
    "itertools.product": (lambda x: itertools.product([1, x], [2]), GAP),
    "itertools.permutations": (lambda x: itertools.permutations([1, x]), GAP),
    "itertools.combinations": (lambda x: itertools.combinations([1, x], 2), GAP),
    "itertools.zip_longest": (lambda x: itertools.zip_longest([1], [1, x]), GAP),
    "itertools.tee": (teed, GAP),
    # the standard library in C
    "thread local": (thread_local, GAP),
    "thread, arguments": (lambda x: threading.Thread(target=print, args=(x,)), None),
    "simple queue": (simple_queue, GAP),
    "future, result": (future_of, "._result"),
    "future, exception": (lambda x: future_of(x, "exception"), None),
    "future, callback": (lambda x: future_of(x, "callback"), "._callbacks[0][0]"),
    "task": (task_of, "._coro.cr_frame.f_locals['value']"),
    "handle": (handle_of, None),
    "future of a pool": (future_done, None),
    "exit stack": (stack_of, None),
    "memory view": (view_of, GAP),
    "match": (lambda x: re.match(".", set_attribute(Text("text"), x)), ".string.kept"),
    "time zone": (timestamp, None),
    "element, text": (element_of, None),
    "element, attribute": (lambda x: element_of(x, "attribute"), GAP),
    "element, child": (lambda x: element_of(x, "child"), GAP),
    "ctypes, object": (lambda x: ctypes.py_object(x), None),
    "ctypes, callback": (callback_in_c, GAP),
    "text stream": (lambda x: io.TextIOWrapper(io.BufferedWriter(Stream(x))), None),
    "csv writer": (lambda x: csv.writer(Write(x)), GAP),
    "pickler": (lambda x: pickle.Pickler(Write(x)), GAP),
}

if importlib.util.find_spec("numpy") is None:    # the tests have it; other releases may be looked at without
    KINDS = {name: kind for name, kind in KINDS.items() if not name.startswith("object array")}
