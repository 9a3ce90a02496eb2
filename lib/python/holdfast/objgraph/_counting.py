"""How many objects of each type there are, and how many more than before.

Nothing here makes an object before the objects are counted that would be counted: no dict of keywords, for one.
"""
import builtins
import collections
import gc
import operator
import sys

from holdfast import _core


def count(typename, objects=None):
    """How many objects have a type of this name: "Session", or with its module "shop.models.Session".

    `objects` are those to be looked through; None: all that the collector tracks.
    """
    return _core._count_types("." in typename, objects).get(typename, 0)


def typestats(objects=None, shortnames=True, filter=None):
    """A dict from the names of types to how many objects they have.

    `shortnames=False` puts the module before the name, so that classes of the same name are told apart. Only objects
    for which `filter` gives something true are counted.
    """
    if filter:
        objects = list(builtins.filter(filter, gc.get_objects() if objects is None else objects))
    return _core._count_types(not shortnames, objects)


def _largest(rows, column, limit):
    rows.sort(key=operator.itemgetter(column), reverse=True)
    return rows[:limit] if limit else rows


def most_common_types(limit=10, objects=None, shortnames=True, filter=None):
    """A list of (name, number of objects), most frequent type first; `limit=None` gives all. See typestats()."""
    return _largest(list(typestats(objects, shortnames=shortnames, filter=filter).items()), 1, limit)


def show_most_common_types(limit=10, objects=None, shortnames=True, file=None, filter=None):
    """Print most_common_types() as a table to `file`, or to stdout."""
    rows = most_common_types(limit, objects, shortnames=shortnames, filter=filter)
    width = max(len(name) for name, _ in rows)
    for name, number in rows:
        (sys.stdout if file is None else file).write(f"{name:{width}} {number:d}\n")


def growth(limit=10, peak_stats={}, shortnames=True, filter=None):
    """A list of (name, number of objects, how many more than ever before), largest growth first.

    What was seen before is in `peak_stats`, a dict from names to numbers, which is brought up to date. All calls
    without one share the same.
    """
    gc.collect()
    stats = typestats(shortnames=shortnames, filter=filter)
    grown = []
    for name, number in stats.items():
        delta = number - peak_stats.get(name, 0)
        if delta > 0:
            grown.append((name, number, delta))
            peak_stats[name] = number
    return _largest(grown, 2, limit)


def show_growth(limit=10, peak_stats=None, shortnames=True, file=None, filter=None):
    """Print growth() as a table to `file`, or to stdout; nothing when nothing grew."""
    if peak_stats is None:
        rows = growth(limit, shortnames=shortnames, filter=filter)
    else:
        rows = growth(limit, peak_stats, shortnames, filter)
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, number, delta in rows:
        (sys.stdout if file is None else file).write(f"{name:{width}}{number:9d} {delta:+9d}\n")


# ---- new objects ----

_COLUMNS = {"old": 1, "current": 2, "new": 3, "deltas": 4}


def _take_over(state, found):
    """What was current becomes old, what was found becomes current; gives the rows of the table."""
    old, current, new = state["old"], state["current"], state["new"]
    for ids in new.values():
        ids.clear()
    rows = []
    for name in list(dict.fromkeys([*current, *found])):
        old[name], current[name] = current[name], found.get(name) or set()
        counts = len(old[name]), len(current[name])
        if counts == (0, 0):
            for ids in (old, current, new):
                del ids[name]
            continue
        new[name].update(current[name] - old[name] if old[name] else current[name])
        rows.append((name, *counts, len(new[name]), counts[1] - counts[0]))
    return rows


def get_new_ids(skip_update=False, limit=10, sortby='deltas', shortnames=None, file=None, _state={}):
    """A dict from the names of types to the set of the addresses of their objects that are new since the last call.

    Prints a table of the types as well, `limit` of them (None: all, 0: none), sorted by "old", "current", "new" or
    "deltas". `skip_update=True` gives the dict of the last call and looks at nothing. `shortnames=None` means as in the
    last call. at_addrs() finds the objects of a set.
    """
    if not _state:
        _state.update({name: collections.defaultdict(set) for name in ("old", "current", "new")}, shortnames=True)
    if skip_update:
        return _state["new"]
    if shortnames is not None:
        _state["shortnames"] = shortnames
    gc.collect()
    rows = _take_over(_state, _core._ids_by_type(not _state["shortnames"]))
    rows.sort(key=operator.itemgetter(_COLUMNS[sortby], 0), reverse=True)
    _print_new(rows if limit is None else rows[:limit], file)
    return _state["new"]


def _print_new(rows, file):
    if not rows:
        return
    width = max(len(row[0]) for row in rows)
    line = "=" * (width + 52)
    heads = ("Old_ids", "Current_ids", "New_ids", "Count_Deltas")
    print(line, f"{'Type':{width}}" + "".join(f"{head:>13}" for head in heads), line, sep="\n", file=file)
    for name, old, current, new, delta in rows:
        print(f"{name:{width}}{old:13d}{current:13d}{new:+13d}{delta:+13d}", file=file)
    print(line, file=file)
