"""Live objects by type, by address, and by what leads to them."""
import collections
import gc
import sys
import types

from holdfast import _core


def by_type(typename, objects=None):
    """A list of the objects that have a type of this name: "Session", or with its module "shop.models.Session".

    `objects` are those to be looked through; None: all that the collector tracks.
    """
    return _core._by_type(typename, "." in typename, objects)


def at(addr):
    """The object at an address, as id() gave it; None when the collector tracks none there."""
    return next(iter(_core._at(addr) if isinstance(addr, int) else _tracked(lambda id: id == addr)), None)


def at_addrs(address_set):
    """A list of the objects at these addresses, as id() gave them, as far as the collector tracks them."""
    if isinstance(address_set, (set, frozenset, dict, list, tuple, range)):
        return _core._at(address_set)
    return _tracked(lambda id: id in address_set)


def _tracked(accepts_id):
    return [obj for obj in gc.get_objects() if accepts_id(id(obj))]


def get_leaking_objects(objects=None):
    """A list of the objects to which none of them refers, as far as the collector sees references.

    Modules, frames and what C code holds are among them by right; what is left may be a reference that C code forgot.
    `objects` are those to be looked through; None: all that the collector tracks.
    """
    if objects is None:
        gc.collect()
    elif not isinstance(objects, (list, tuple)):
        objects = list(objects)
    return _core._leaking(objects)


def is_proper_module(obj):
    """Whether an object is a module that sys.modules has by its name."""
    return isinstance(obj, types.ModuleType) and obj is sys.modules.get(getattr(obj, "__name__", None))


def find_ref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """A shortest chain of references from `obj` to an object for which `predicate` gives something true.

    A list that begins with `obj`; of `obj` alone when there is none within `max_depth` references. `extra_ignore` are
    the addresses of objects that the chain must not lead through.
    """
    return _find_chain(obj, predicate, gc.get_referents, max_depth, extra_ignore)[::-1]


def find_backref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """A shortest chain of references to `obj` from an object for which `predicate` gives something true.

    A list that ends with `obj`; of `obj` alone when there is none within `max_depth` references. `extra_ignore` are
    the addresses of objects that the chain must not lead through.
    """
    return _find_chain(obj, predicate, gc.get_referrers, max_depth, extra_ignore)


def _find_chain(obj, predicate, edge_func, max_depth=20, extra_ignore=()):
    """From the object that was found back to `obj`."""
    ignore = set(extra_ignore)
    ignore.update((id(extra_ignore), id(ignore)))
    gc.collect()
    if edge_func in (gc.get_referrers, gc.get_referents):
        return _core._chain(obj, predicate, edge_func is gc.get_referrers, max_depth, ignore)
    return _search(obj, predicate, edge_func, max_depth, ignore)


def _search(obj, predicate, edge_func, max_depth, ignore):
    """The search of _core._chain, along any edges."""
    queue, parents = collections.deque([(obj, 0)]), {id(obj): None}
    ignore.update((id(queue), id(parents)))
    while queue:
        target, depth = queue.popleft()
        if predicate(target):
            chain = [target]
            while parents[id(chain[-1])]:
                chain += parents[id(chain[-1])]
            return chain
        for neighbour in edge_func(target) if depth < max_depth else ():
            if id(neighbour) not in ignore and id(neighbour) not in parents:
                parents[id(neighbour)] = (target,)
                queue.append((neighbour, depth + 1))
    return [obj]
