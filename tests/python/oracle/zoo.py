"""A process that holds one living owner for each kind of reference (kinds/)."""
import collections
from array import array

from oracle.kinds import KINDS, Target

OWNERS = {}
TARGETS = array("Q")    # the addresses of what they hold, in the same order


def make():
    for name, (make_owner, _) in KINDS.items():
        target = Target()
        OWNERS[name] = make_owner(target)
        TARGETS.append(id(target))


def holders_by_name(snapshot):
    """For each node those that refer to it by a name."""
    holders = collections.defaultdict(list)
    for node in range(len(snapshot)):
        for edge in snapshot.edges(node):
            if edge.kind != "none":
                holders[edge.target].append(node)
    return holders


def leads_to(holders, owner, target):
    """Whether references with names lead from one node to another; looked for from the far end."""
    seen, work = {target}, [target]
    for node in work:
        if node == owner:
            return True
        new = [holder for holder in holders[node] if holder not in seen]
        seen.update(new)
        work.extend(new)
    return False


def look(snapshot):
    """What a snapshot says of each owner and target: differences by kind."""
    outside = {root.node for root in snapshot.all_roots() if root.kind == "outside"}
    holders = holders_by_name(snapshot)
    told = {}
    for (name, owner), address in zip(OWNERS.items(), TARGETS):
        node = snapshot.node_of.get(address)
        if node is None:
            told[name] = "the target is not in the snapshot"
        elif node in outside:
            told[name] = "the target is held from outside, it seems"
        elif not leads_to(holders, snapshot.node_of[id(owner)], node):
            told[name] = "no named references lead from the owner to the target"
    return told
