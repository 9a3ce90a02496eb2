"""Attributes, slots, and what stands in their way."""
import functools
import types

from oracle.kinds.common import Plain, Rows, Text, set_attribute, with_attributes


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


class Bytes(bytes):
    pass


class Number(int):
    pass


class Row(tuple):
    pass


class Odd(OSError):
    pass


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


def decorated(value):
    class Made:
        @functools.cached_property
        def kept(self):
            return value
    made = Made()
    made.kept
    del Made
    return made


def with_mangled_keys(value):
    """A dict that a class shares, with keys that no other instance has."""
    one, other = Plain(), Plain()
    one.common, other.common = 1, 2
    del one.common
    one.late = value
    return one


KINDS = {
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
}
