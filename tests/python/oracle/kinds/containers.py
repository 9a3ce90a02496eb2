"""Items, keys and values of containers."""
import collections
import time
import types

from oracle.kinds.common import GAP, Rows, class_with


class Conf(dict):
    def __getitem__(self, key):
        raise AssertionError("the expression ran __getitem__")


class OddKey:
    """A key that no literal can name."""


class Word(str):
    def __eq__(self, other):
        raise AssertionError("the expression compared a key")

    __hash__ = str.__hash__


Pair = collections.namedtuple("Pair", "left right")


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
}
