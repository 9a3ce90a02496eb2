"""The heaps that are measured: synthetic ones and a real one.

A synthetic heap of N objects is made of groups of eight objects, 5 containers and 3 atoms:

    list      [left, right, atom]                      the atoms: int, str, float in turn
    dict      {"left": left, "right": right, "value": atom}
    tuple     (left, atom)
    Slotted   .left .right .value in __slots__
    Plain     .left .right .value without a dict of its own

Containers are made in this order, so that neighbours in memory are of mixed types, and then linked as a binary tree in
shuffled order: the references have no locality at all, the worst case for caches, and for the collector, which follows
each of them. In a neat heap (1M-neat) the tree is in the order of making, the best case. Every container is tracked by
the collector. Leaves refer to containers anywhere in place of children.

A chain of LEAK_DEPTH containers hangs below the module `shop`; its end is the target of the search for a path. It
stands for a leak in a heap of other things.

The real heap: a process that has set up Django with its contrib applications and imported SQLAlchemy's ORM and numpy.
"""
import gc
import random
import sys
import types

LEAK_DEPTH = 30


class Slotted:
    __slots__ = ("left", "right", "value")


class Plain:
    pass


class Target:
    pass


def make_atom(i):
    return (i + 1000, f"value-{i}", i + 0.5)[i % 3]


def make_group(nodes, i):
    nodes.append([None, None, make_atom(i)])
    nodes.append({"left": None, "right": None, "value": make_atom(i + 1)})
    nodes.append((nodes[-2], make_atom(i + 2)))
    nodes.append(Slotted())
    nodes.append(Plain())


def link(node, left, right):
    if type(node) is list:
        node[0], node[1] = left, right
    elif type(node) is dict:
        node["left"], node["right"] = left, right
    elif type(node) is not tuple:
        node.left, node.right, node.value = left, right, None


def link_all(nodes):
    """Makes a binary tree of them, whose inner nodes are those that can still be changed."""
    count = len(nodes)
    inner = [node for node in nodes if type(node) is not tuple]
    for i, node in enumerate(inner):
        link(node, nodes[(2 * i + 1) % count], nodes[(2 * i + 2) % count])


def make_synthetic(num_objects, is_neat):
    nodes = []
    for i in range(0, num_objects // 8):
        make_group(nodes, 3 * i)
    if not is_neat:
        random.Random(7).shuffle(nodes)
    link_all(nodes)
    return nodes[:1]     # the list of all is not part of the heap


def make_real():
    import django
    from django.conf import settings
    import numpy
    import sqlalchemy.orm
    apps = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]
    settings.configure(SECRET_KEY="bench", INSTALLED_APPS=[f"django.contrib.{app}" for app in apps])
    django.setup()
    return [django, numpy, sqlalchemy.orm]


def make_leak():
    """Hangs a chain of containers below a new module and gives its end."""
    target = owner = Target()
    for i in range(LEAK_DEPTH):
        plain = Plain()
        plain.left = owner
        owner = ([owner], {"entry": owner}, (owner,), plain)[i % 4]
    module = types.ModuleType("shop")
    module.LEAK = owner
    sys.modules["shop"] = module
    return target


def make_bush(width, depth):
    """Hangs a target below `width` owners, each below as many of its own, and so on, below a new module."""
    target = Target()
    level = [target]
    module = types.ModuleType("bush")
    for _ in range(depth):
        level = [[owned] for owned in level for _ in range(width)]
    module.ROOTS = level
    sys.modules["bush"] = module
    return target


def make_heap(name):
    """Builds the heap called 1M, 5M, 1M-neat or real; gives what has to be kept."""
    gc.disable()
    size, _, shape = name.partition("-")
    kept = make_real() if name == "real" else make_synthetic(int(float(size[:-1]) * 1e6), shape == "neat")
    for _ in range(2):     # the first pass moves everything into the oldest generation and untracks what it can
        gc.collect()
    return kept
