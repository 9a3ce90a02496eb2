"""Random graphs of living objects: what holdfast says of paths and reach, against a naive search, as JSON.

    python -m oracle.live FILE SEED...

The graph hangs from one variable of a module of its own. The naive search goes breadth first over gc.get_referents,
where the dict of a module or an instance is no step of its own. Parts of the graph hang from nowhere: they are garbage, which
nobody collects meanwhile.
"""
import collections
import ctypes
import functools
import gc
import json
import random
import sys
import types

import holdfast
from oracle import plain
from oracle.examine import Told

NUM_OBJECTS = 400
NUM_ASKED = 120


class Instance:
    """Its attributes lie in it, or in a dict, as Python thinks fit."""


class WithDict:
    """Somebody has asked for its dict, and from then on its attributes lie there."""

    def __init__(self):
        vars(self)


class Slotted:
    __slots__ = ("a", "b", "c")


def generator(held):
    yield
    return held


MAKERS = ("list", "dict", "keys", "instance", "with dict", "slots", "set", "deque", "default", "odict")
WRAPPERS = ("tuple", "frozenset", "generator", "closure", "partial", "method", "cell", "exception")


def make(kind):
    return {"list": list, "dict": dict, "keys": dict, "instance": Instance, "with dict": WithDict, "slots": Slotted,
            "set": set, "deque": collections.deque, "default": functools.partial(collections.defaultdict, list),
            "odict": collections.OrderedDict}[kind]()


def can_be_hashed(thing):
    try:
        hash(thing)
    except TypeError:
        return False
    return True


def refer(kind, owner, number, thing):
    """Makes `owner` refer to `thing` under a new name, or to something that holds it where it needs a hash."""
    if kind in ("keys", "set") and not can_be_hashed(thing):
        thing = functools.partial(print, thing)
    if kind in ("list", "deque"):
        owner.append(thing)
    elif kind in ("dict", "default", "odict"):
        owner[number if number % 2 else f"k{number}"] = thing
    elif kind == "keys":
        owner[thing] = number
    elif kind == "set":
        owner.add(thing)
    elif kind in ("instance", "with dict"):
        setattr(owner, f"x{number}", thing)
    elif number < 3:
        setattr(owner, "abc"[number], thing)


def wrap(kind, thing):
    if kind == "tuple":
        return (None, thing)
    if kind == "frozenset":
        return frozenset([thing]) if can_be_hashed(thing) else (thing,)
    if kind == "generator":
        made = generator(thing)
        next(made)
        return made
    if kind == "closure":
        return lambda: thing
    if kind == "partial":
        return functools.partial(print, thing)
    if kind == "method":
        return types.MethodType(print, thing)
    if kind == "cell":
        return types.CellType(thing)
    return ValueError(thing)


def make_graph(random):
    """A list of objects, each of which refers to some of the others, at times through a wrapper."""
    kinds = [random.choice(MAKERS) for _ in range(NUM_OBJECTS)]
    things = [make(kind) for kind in kinds]
    for kind, owner in zip(kinds, things):
        for number in range(random.choice((0, 1, 1, 1, 2, 2, 3))):
            thing = random.choice(things)
            if random.random() < 0.3:
                thing = wrap(random.choice(WRAPPERS), thing)
            refer(kind, owner, number, thing)
    return things


def is_dict_of(thing, referent):
    """Whether a dict is the one of a module, or one with the attributes of an instance: no other has such keys."""
    if type(referent) is not dict or isinstance(thing, types.ModuleType):
        return type(referent) is dict
    names = isinstance(thing, (Instance, WithDict)) and [type(key) is str and key[0] == "x" for key in referent]
    return bool(names) and all(names)


def steps_of(thing):
    """What a thing refers to in one step."""
    steps = []
    for referent in gc.get_referents(thing):
        steps.extend(gc.get_referents(referent) if is_dict_of(thing, referent) else [referent])
    return steps


def distances(start, without=None):
    """Steps from a thing to each that it leads to, by address."""
    found, queue = {id(start): 1}, collections.deque([start])
    while queue:
        thing = queue.popleft()
        for step in steps_of(thing):
            if id(step) not in found and id(step) != without:
                found[id(step)] = found[id(thing)] + 1
                queue.append(step)
    return found


def check_path(path, told):
    """Each hop refers to the next one, and the expression says the same."""
    things = [ctypes.cast(hop.addr, ctypes.py_object).value for hop in path]
    for one, next_one in zip(things, things[1:]):
        if not any(step is next_one for step in steps_of(one)):
            told.add(f"{type(one)} does not refer to {type(next_one)}, as {path.expression} has it")
    if path.expression and eval(path.expression, {"sys": sys}) is not things[-1]:
        told.add(f"{path.expression} is something else")


def examine(seed, file, report):
    chance = random.Random(seed)
    module = sys.modules["live"] = types.ModuleType("live")
    things = make_graph(chance)
    module.root = things[0]
    addresses = [id(thing) for thing in things]
    del things
    living = gc.get_objects()       # what was no part of a cycle is gone
    addresses = list(set(addresses) & {id(thing) for thing in living if thing is not living})
    del living
    asked = chance.sample(addresses, min(NUM_ASKED, len(addresses)))
    steps = distances(module)
    cut = chance.choice([address for address in addresses if steps.get(address, 0) > 2])
    steps_without = distances(module, cut)

    snapshot = holdfast.snapshot()
    for address in asked:
        check(snapshot, address, steps.get(address), [], report)
        if address != cut:
            check(snapshot, address, steps_without.get(address), [hex(cut)], report)
    snapshot.save(file, plain=True)
    unreachable = len(plain.Plain(file)) - count_reachable(plain.Plain(file))
    if snapshot.info().num_unreachable != unreachable:
        report["differences"].add(f"seed {seed}: {snapshot.info().num_unreachable} objects are free, not {unreachable}")
    report["unreachable"] += unreachable


def check(snapshot, address, steps, avoid, report):
    told = report["differences"]
    why = snapshot.why(selector=hex(address), avoid=avoid, paths=4)
    if (steps is None) != (why.num_unreachable == 1) or (steps is None) != (not why.paths):
        told.add(f"{address:#x}, without {avoid}: {steps} steps, and {len(why.paths)} paths")
    report["free" if steps is None else "held"] += 1
    if why.paths and len(why.path) != steps:
        told.add(f"{address:#x}, without {avoid}: {len(why.path)} hops, not {steps}: {why.path.expression}")
    for path in why.paths:
        check_path(path, told)
    if len({path.hops[-2].addr for path in why.paths}) != len(why.paths):
        told.add(f"{address:#x}, without {avoid}: two paths have the same last owner")
    report["paths"] += len(why.paths)


def count_reachable(snapshot):
    """Nodes that roots lead to, the plain way."""
    seen = {root.node for root in snapshot.all_roots()}
    work = list(seen)
    for node in work:
        new = set(snapshot.targets(node)) - seen
        seen |= new
        work.extend(new)
    return len(seen)


def main():
    gc.collect()
    gc.disable()
    report = {"differences": Told(), "held": 0, "free": 0, "paths": 0, "unreachable": 0}
    for seed in sys.argv[2:]:
        examine(seed, sys.argv[1], report)
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
