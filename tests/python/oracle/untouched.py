"""A heap before and after a snapshot of it, and before and after nothing at all: what changed, as JSON.

    python -m oracle.untouched real|library|zoo walk|copy
"""
import gc
import json
import sys

from oracle import examine
from oracle.twin import Twin

NUM_INSTANCES = 10_000


class Instance:
    def __init__(self, number):
        self.number = number
        self.text = str(number)


def num_dicts(instances):
    """Instances that have a dict of their own: the collector sees it in place of their values."""
    return sum(any(type(referent) is dict for referent in gc.get_referents(instance)) for instance in instances)


class State:
    """Everything that Python shows of the state of some objects; taking it changes nothing that it takes."""

    def __init__(self, twin, instances):
        self.seen = {"referents": twin.referents()[0], "tracked": twin.tracked(), "sizes": twin.sizes(),
                     "dicts": num_dicts(instances)}
        self.refcounts = twin.refcounts()


def count(act):
    """Does it, and gives its result, objects made for the collector, blocks allocated, and statistics on both sides."""
    stats = gc.get_stats()
    blocks, made = sys.getallocatedblocks(), gc.get_count()
    result = act()
    later_made, later_blocks = gc.get_count(), sys.getallocatedblocks()
    return result, later_made[0] - made[0], later_blocks - blocks, (stats, gc.get_stats())


def nothing():
    return object()


def measure(act, twin, instances):
    """What is different after act(): by name, and by the number of references of each object."""
    before = State(twin, instances)
    count(nothing)      # fills the interpreter's lists of free objects again
    result, made, blocks, (old_stats, new_stats) = count(act)
    after = State(twin, instances)
    del result
    return {"changed": [name for name in before.seen if before.seen[name] != after.seen[name]],
            "dicts": after.seen["dicts"], "stats": [old_stats, new_stats], "made": made, "blocks": blocks,
            "refcounts": {f"{type(twin.objects[i])} at {twin.ids[i]:#x}": new - old
                          for i, (old, new) in enumerate(zip(before.refcounts, after.refcounts))
                          if new != old and type(twin.objects[i]) is not int}}      # the numbers told here


def main():
    heap, method = sys.argv[1:]
    vars(examine)["make_" + heap]()
    import holdfast

    def snapshot():
        return holdfast.snapshot(method=method)

    instances = [Instance(i) for i in range(NUM_INSTANCES)]
    twin = Twin()
    for act in 10 * [nothing] + [snapshot]:     # what is made once is made, and the interpreter has adapted
        measure(act, twin.part(1000), instances[:10])
    report = {"control": measure(nothing, twin, instances), "snapshot": measure(snapshot, twin, instances),
              "objects": len(twin), "type": f"{type} at {id(holdfast.Snapshot):#x}"}
    json.dump(report, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
