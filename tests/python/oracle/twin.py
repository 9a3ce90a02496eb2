"""What Python itself says about its heap: the naive twin of a snapshot.

A Twin keeps all objects that the collector tracks, and all that gc.get_referents, keys of dicts and the parts of code
lead to from there, alive and in a fixed order. What it notes are numbers in arrays, which are no objects that anything
refers to, so that noting changes nothing that it notes.
"""
import copy
import gc
import sys
import types
from array import array


def has_python_sizeof(kind):
    """Whether the __sizeof__ of a type is anything but a method in C."""
    for base in type.__dict__["__mro__"].__get__(kind) or ():     # None: a static type that was never used
        names = type.__dict__["__dict__"].__get__(base)
        if "__sizeof__" in names:
            return not isinstance(names["__sizeof__"], types.MethodDescriptorType)
    return False


CODE_PARTS = tuple(name for name in ("co_consts", "co_names", "co_filename", "co_name", "co_qualname", "co_linetable",
                                     "co_exceptiontable") if hasattr(types.CodeType, name))


def followed(thing):
    """What a thing leads to, as far as Python shows it."""
    referents = gc.get_referents(thing)
    if issubclass(type(thing), dict):
        referents.extend(dict.keys(thing))
    elif type(thing) is types.CodeType:
        referents.extend(getattr(thing, part) for part in CODE_PARTS)
    return referents


class Twin:
    def __init__(self):
        gc.collect()
        self.objects = gc.get_objects()
        self.objects.append(self.objects)
        seen = set(map(id, self.objects))
        for thing in self.objects:        # grows while it is gone through
            for referent in followed(thing):
                if id(referent) not in seen:
                    seen.add(id(referent))
                    self.objects.append(referent)
        self.ids = array("Q", map(id, self.objects))

    def __len__(self):
        return len(self.objects)

    def part(self, count):
        """The same of its first objects."""
        part = copy.copy(self)
        part.objects, part.ids = self.objects[:count], self.ids[:count]
        return part

    def referents(self):
        """The targets of all references, object by object, and where each object's begin."""
        targets, starts = array("Q"), array("Q", [0])
        for thing in self.objects:
            targets.extend(map(id, gc.get_referents(thing)))
            starts.append(len(targets))
        return targets, starts

    def sizes(self):
        """sys.getsizeof of each object; 0 where that would run code in Python."""
        code = {}
        sizes = array("Q")
        for thing in self.objects:
            kind = type(thing)
            if kind not in code:
                code[kind] = has_python_sizeof(kind)
            sizes.append(0 if code[kind] else sys.getsizeof(thing))
        return sizes

    def refcounts(self):
        return array("Q", map(sys.getrefcount, self.objects))

    def tracked(self):
        return bytes(map(gc.is_tracked, self.objects))
