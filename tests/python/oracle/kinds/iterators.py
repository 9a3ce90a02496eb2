"""What iterators are about to give."""
import collections
import itertools

from oracle.kinds.common import GAP, Sequence, advanced, callback, set_attribute


class Real(float):
    pass


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


KINDS = {
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
}
