"""A heap before and after a snapshot of it, and before and after nothing at all: what changed, as JSON.

    python -m oracle.untouched real|library|zoo
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


def measure(act, twin, instances):
    """What is different after act(): by name, and by the number of references of each object."""
    before = State(twin, instances)
    stats, blocks, count = gc.get_stats(), sys.getallocatedblocks(), gc.get_count()
    result = act()
    later_count, later_blocks, later_stats = gc.get_count(), sys.getallocatedblocks(), gc.get_stats()
    after = State(twin, instances)
    del result
    return {"changed": [name for name in before.seen if before.seen[name] != after.seen[name]],
            "dicts": after.seen["dicts"],
            "collections": [new["collections"] - old["collections"] for new, old in zip(later_stats, stats)],
            "collected": later_count[0] - count[0], "blocks": later_blocks - blocks,
            "refcounts": {f"{type(twin.objects[i])} at {twin.ids[i]:#x}": new - old
                          for i, (old, new) in enumerate(zip(before.refcounts, after.refcounts))
                          if new != old and type(twin.objects[i]) is not int}}      # the numbers told here


def main():
    vars(examine)["make_" + sys.argv[1]]()
    import holdfast
    instances = [Instance(i) for i in range(NUM_INSTANCES)]
    holdfast.snapshot()         # what is made once is made
    twin = Twin()
    report = {"control": measure(object, twin, instances), "snapshot": measure(holdfast.snapshot, twin, instances),
              "objects": len(twin), "type": f"{type} at {id(holdfast.Snapshot):#x}"}
    json.dump(report, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
