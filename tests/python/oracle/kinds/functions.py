"""Functions, methods, classes and modules."""
import enum
import functools
import operator
import types

from oracle.kinds.common import GAP, Plain, Sequence, class_with, set_attribute, with_attributes


class Sub(Sequence):
    pass


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


KINDS = {
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
}
