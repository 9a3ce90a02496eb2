"""Heaps that are long, deep or wide, all in one process: what holdfast says of them.

    python -m oracle.scale large      one snapshot of all of them
    python -m oracle.scale ratios     CPU time at four times a size against that at the size, a line for each shape
"""
import gc
import json
import os
import sys
import time

import holdfast

TARGETS = {}        # addresses alone
RUNS = 2


class Node:
    __slots__ = ("next",)


class Target:
    pass


def target(name):
    thing = Target()
    TARGETS[name] = id(thing)
    return thing


def linked(count):
    """Made from its end; the object that is asked about is held by the 50,000th link."""
    head = None
    for i in range(count):
        node = Node()
        node.next = head if i != count - 50_000 else (head, target("linked"))
        head = node
    return head


def instances(count):
    head = None
    for _ in range(count):
        thing = Target()
        thing.next = head
        head = thing
    return head


def nested_tuples(count):
    nest = ()
    for _ in range(count):
        nest = (nest,)
    return nest


def nested_dicts(count):
    nest = {}
    for _ in range(count):
        nest = {"in": nest}
    return nest


def nested_lists(count):
    nest = []
    for _ in range(count):
        nest = [nest]
    return nest


def wide_list(count):
    return [*range(count - 1), target("list")]


def wide_dict(count):
    wide = {i: i for i in range(count - 1)}
    wide[count - 1] = target("dict")
    return wide


def dict_of_words(count):
    return {f"key {i}": None for i in range(count)}


def wide_set(count):
    return set(range(count))


def hub(count):
    """All refer to one."""
    centre = [None]
    return [[centre] for _ in range(count)]


def suspended(value):
    yield
    return value


def generators(count):
    made = [suspended(i) for i in range(count - 1)]
    made.append(suspended(target("generator")))
    for generator in made:
        next(generator)
    return made


def awaiting(count):
    """Generators that wait for one another, as deep as they are many."""
    inner = iter([1, 2])
    for _ in range(count):
        inner = (item for item in inner)
    return inner


SHAPES = {"linked": (linked, 3_000_000), "list": (wide_list, 5_000_000), "dict": (wide_dict, 2_000_000),
          "words": (dict_of_words, 200_000), "set": (wide_set, 1_000_000), "generators": (generators, 100_000),
          "awaiting": (awaiting, 20_000), "tuples": (nested_tuples, 500_000), "dicts": (nested_dicts, 200_000),
          "lists": (nested_lists, 200_000), "hub": (hub, 200_000), "instances": (instances, 500_000)}
HEAP = {}


def large():
    for name, (make, count) in SHAPES.items():
        HEAP[name] = make(count)
    started = time.process_time()
    snapshot = holdfast.snapshot()
    info = snapshot.info()
    types = snapshot.types()
    paths = {name: snapshot.why(selector=hex(address)).path for name, address in TARGETS.items()}
    every = snapshot.why(selector="*")
    return {"seconds": time.process_time() - started, "nodes": info.num_nodes, "unreachable": info.num_unreachable,
            "exact": info.origin.num_exact / info.origin.num_checked,
            "named": info.num_named_edges / info.num_edges,
            "counts": {name: types[name].count for name in ("__main__.Node", "generator")},
            "references": {name: snapshot.find(HEAP[name])[0].num_references for name in ("list", "dict", "set")},
            "hops": {name: len(path) for name, path in paths.items()},
            "right": {name: id(eval(paths[name].expression, {"sys": sys})) == TARGETS[name]
                      for name in TARGETS if name != "linked"},
            "every": every.num_selected, "free": every.num_unreachable}


def seconds_of(name, count):
    TARGETS.clear()
    HEAP[name] = SHAPES[name][0](count)
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        snapshot = holdfast.snapshot(method="walk")
        snapshot.info()
        snapshot.why(HEAP[name])
        best = min(best, time.process_time() - started)
    return best


def ratios():
    """Each shape in a process of its own, which never frees it: that is work of its own."""
    for name in SHAPES:
        child = os.fork()
        if child == 0:
            small = seconds_of(name, 100_000)
            print(name, seconds_of(name, 400_000) / small, flush=True)
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            raise RuntimeError(f"{name} failed")


def main():
    gc.disable()
    if sys.argv[1] == "large":
        print(json.dumps(large()), flush=True)
    else:
        ratios()
    os._exit(0)


if __name__ == "__main__":
    main()
