"""What grew, computed slowly and plainly from graphs that the test made: the twin of lib/analysis/growth.

A Heap is a list of objects with their references; describe() writes it for make_snapshot. The twin knows nothing of the
library: it walks each path by itself, and compares objects in dicts. What it must agree with is the text of growth.h.
"""
from collections import Counter, defaultdict
from math import sqrt

CONTAINERS = {"dict", "list", "tuple", "set"}
ITEMS = {"item", "value", "member"}
SHARED_FROM, MAX_COMPARED, MANY_JUDGED = 32, 8, 30


class Type:
    def __init__(self, name, flags, addr=0):
        self.name, self.flags, self.addr = name, flags, addr


class Thing:
    """An object at one moment: references are (kind, text, target), values None, str or int."""

    def __init__(self, addr, type, size, refcount=1, value=None, immortal=False):
        self.addr, self.type, self.size, self.refcount, self.value, self.immortal = (addr, type, size, refcount, value,
                                                                                     immortal)
        self.references = []

    def refer(self, target, kind, text=""):
        self.references.append((kind, text, target))


class Heap:
    """Things by rising address, and roots (thing, kind, name) in the order of the snapshot."""

    def __init__(self, things, roots, pid=1, taken_at_ns=0):
        self.things = sorted(things, key=lambda thing: thing.addr)
        self.roots, self.pid, self.taken_at_ns = roots, pid, taken_at_ns

    def describe(self, path):
        number = {id(thing): i for i, thing in enumerate(self.things)}
        types = list({id(thing.type): thing.type for thing in self.things}.values())
        lines = [f"origin {self.pid} {self.taken_at_ns}", "thread worker other", "frame 0 handle"]
        lines += [f"type {t.name} m {' '.join(sorted(t.flags))}" for t in types]
        index = {id(t): i for i, t in enumerate(types)}
        lines += [f"node {t.addr} {index[id(t.type)]} {t.size} {t.refcount}{' immortal' if t.immortal else ''}"
                  for t in self.things]
        by_addr = {thing.addr: i for i, thing in enumerate(self.things)}
        lines += [f"class {i} {by_addr[t.addr]}" for i, t in enumerate(types) if t.addr in by_addr]
        for i, thing in enumerate(self.things):
            if isinstance(thing.value, str):
                lines.append(f"str {i} {thing.value}")
            elif thing.value is not None:
                lines.append(f"int {i} {thing.value}")
            lines += [f"edge {i} {number[id(target)]} {kind} {text}" for kind, text, target in thing.references]
        for thing, kind, name in self.roots:
            lines.append(f"root {number[id(thing)]} {kind} {name or '-'}{' 0' if kind == 'frame' else ''}")
        return "\n".join([*lines, f"save {path}", ""])


# ---- paths and places ----

TIER = {"module": 0, "builtins": 0, "interpreter": 1, "static": 1, "immortal": 1, "frame": 2, "outside": 4}
RANK = {"module": 0, "builtins": 1, "interpreter": 2, "static": 3, "immortal": 4, "frame": 5, "outside": 6}


def rank_of_root(root):
    thing, kind, name = root
    return TIER[kind], RANK[kind], not (kind == "module" and name == "__main__")


def root_text(root):
    thing, kind, name = root
    return {"module": name, "builtins": "builtins", "interpreter": f"<interpreter {name}>",
            "static": f"<static type {thing.type.name}>", "immortal": f"<immortal {thing.type.name}>",
            "frame": f"handle() local '{name}'", "outside": f"<held from outside: {thing.type.name}>"}[kind]


class Moment:
    """The shortest path to each thing that a root reaches: parent[id] is (parent, reference number) or a root."""

    def __init__(self, heap):
        self.heap = heap
        self.parent, self.order = {}, []
        for tier in range(5):
            self._search_tier(tier)
        self.places, self.aside = {}, set()
        for thing in self.order:
            self._place(thing)
        self.at = defaultdict(list)
        for thing in self.order:
            if id(thing) not in self.aside:
                self.at[self.places[id(thing)][0]].append(thing)

    def _reach(self, thing, parent):
        if id(thing) not in self.parent:
            self.parent[id(thing)] = parent
            self.order.append(thing)

    def _close(self, begin):
        while begin < len(self.order):
            for number, (kind, _, target) in enumerate(self.order[begin].references):
                if kind == "dict":
                    self._reach(target, (self.order[begin], number))
            begin += 1

    def _search_tier(self, tier):
        begin = len(self.order)
        for root in sorted(self.heap.roots, key=rank_of_root):
            if TIER[root[1]] == tier:
                start = len(self.order)
                self._reach(root[0], root)
                self._close(start)
        while begin < len(self.order):
            end = len(self.order)
            for thing in self.order[begin:end]:
                for number, (_, _, target) in enumerate(thing.references):
                    self._reach(target, (thing, number))
            begin = end
            self._close(begin)

    def is_root(self, thing):
        return len(self.parent[id(thing)]) == 3

    def kind_to(self, thing):
        owner, number = self.parent[id(thing)]
        return owner.references[number][0]

    def is_attribute_dict(self, thing):
        return not self.is_root(thing) and self.kind_to(thing) == "dict"

    def _label(self, owner, number, merges_keys=True):
        kind, text, target = owner.references[number]
        if merges_keys and kind == "key" and number + 1 < len(owner.references) and owner.references[number + 1][0] == "value":
            return self._label(owner, number + 1)
        is_namespace = self.is_attribute_dict(owner)
        prefix = ".__dict__" if is_namespace else ""
        if kind == "value":
            key = owner.references[number - 1][2].value
            return f".{key}" if is_namespace and isinstance(key, str) else prefix + "[*]"
        if kind == "attribute":
            return "[*]" if owner.type.name == "dict" and not is_namespace else f".{text}"
        return prefix + {"item": "[*]", "member": "[*]", "key": " key [*]", "cell": ".cell_contents", "none": "?",
                         "type": ".__class__"}[kind]

    def _place(self, thing):
        """(path, type of the last hop's object): a hop like the one before stays where it is."""
        if self.is_root(thing):
            self.places[id(thing)] = ((root_text(self.parent[id(thing)]),), thing.type)
            return
        owner, number = self.parent[id(thing)]
        path, last_type = self.places[id(owner)]
        kind = self.kind_to(thing)
        if kind in ("dict", "key"):
            self.aside.add(id(thing))
        if kind == "dict":
            self.places[id(thing)] = (path, last_type)
            return
        label = self._label(owner, number)
        repeats = len(path) > 1 and path[-1] == label and last_type is thing.type
        self.places[id(thing)] = (path if repeats else (*path, label), thing.type)

    def place(self, thing):
        return self.places[id(thing)][0]

    def text(self, thing):
        """The path of one thing as it reads: keys as keys, an attribute dict at the end as itself."""
        hops, is_last = [], True
        while not self.is_root(thing):
            owner, number = self.parent[id(thing)]
            if owner.references[number][0] != "dict":
                hops.append((self._label(owner, number, merges_keys=False), thing.type))
            elif is_last:
                hops.append((".__dict__", thing.type))
            thing, is_last = owner, False
        hops.reverse()
        labels = [label for i, (label, type) in enumerate(hops) if i == 0 or hops[i - 1] != (label, type)]
        return root_text(self.parent[id(thing)]) + "".join(labels)

    def lone(self, place):
        things = self.at.get(place, [])
        return things[0] if len(things) == 1 else None


def length_of(thing):
    kinds = Counter(kind for kind, _, _ in thing.references)
    return sum(kinds[kind] for kind in ITEMS) + (kinds["attribute"] if thing.type.name == "dict" else 0)


# ---- which objects are the same ----

def judge(before, now, old, new):
    """"same", "replaced" or "assumed" for two things at one address with one type."""
    if old.value is not None and new.value is not None:
        return "same" if (type(old.value), old.value) == (type(new.value), new.value) else "replaced"
    if new.type.flags & {"str", "int", "tuple"} and old.size != new.size:
        return "replaced"
    is_tuple = "tuple" in new.type.flags
    agrees = differs = proved = False
    for (kind, _, a), (other_kind, _, b) in list(zip(old.references, new.references))[:MAX_COMPARED]:
        if "type" in (kind, other_kind):
            continue
        equal = a.addr == b.addr
        agrees, differs = agrees or equal, differs or not equal
        shared = b.refcount >= SHARED_FROM or b.immortal or "type" in b.type.flags
        proved = proved or (equal and not shared)
        if differs if is_tuple else proved:
            break
    if differs and (is_tuple or not agrees):
        return "replaced"
    return "same" if proved else "assumed"


class Match:
    def __init__(self, before, now):
        self.same, self.in_place, self.kept = set(), set(), set()
        self.judged = defaultdict(Counter)
        self.resized = Counter()
        self.by_address = self._is_one_process(before, now)
        if self.by_address:
            self._match_pairs(before, now)
        for place in set(before.at) | set(now.at):
            old, new = before.lone(place), now.lone(place)
            if old and new and old.type.name == new.type.name:
                self.kept |= {id(old), id(new)}

    @staticmethod
    def _is_one_process(before, now):
        old, new = ({t.type.name: t.type.addr for t in moment.heap.things if t.type.addr and "heap" in t.type.flags}
                    for moment in (before, now))
        known = old.keys() & new.keys()
        if not known:
            return before.heap.pid == now.heap.pid
        return 2 * sum(old[name] == new[name] for name in known) > len(known)

    def _match_pairs(self, before, now):
        olds = {thing.addr: thing for thing in before.heap.things}
        for new in now.heap.things:
            old = olds.get(new.addr)
            if not old or id(old) not in before.parent or id(new) not in now.parent:
                continue
            if old.type.name != new.type.name or (old.type.addr and new.type.addr and old.type.addr != new.type.addr):
                continue
            verdict = judge(before, now, old, new)
            in_place = before.place(old) == now.place(new)
            self.judged[new.type.name][verdict] += 1
            both = {id(old), id(new)}
            if in_place:
                self.kept |= both
            if verdict != "replaced":
                self.same |= both
                if in_place:
                    self.in_place |= both
                    self.resized[now.place(new)] += new.size - old.size

    def doubtful(self):
        total = sum(self.judged.values(), Counter())
        doubtful = 0
        for judged in self.judged.values():
            rate = judged if judged["same"] + judged["replaced"] >= MANY_JUDGED else total
            if rate["same"] + rate["replaced"]:
                doubtful += judged["assumed"] * rate["replaced"] / (rate["same"] + rate["replaced"])
        return int(doubtful + 0.5)


# ---- what came and went, by place ----

class Booked:
    def __init__(self):
        self.count = self.all_count = self.bytes = self.moved = 0
        self.turnover = self.all_turnover = self.bytes_turnover = 0


def book(moment, match):
    """Books for each place, and what arrived at it: the counts and bytes of one side."""
    booked, arrived, below_count, below_bytes = defaultdict(Booked), Counter(), Counter(), Counter()
    account = {}
    for thing in moment.order:
        place, owner = moment.place(thing), None if moment.is_root(thing) else moment.parent[id(thing)][0]
        if moment.is_attribute_dict(thing):
            (match.kept.add if id(owner) in match.kept else match.kept.discard)(id(thing))
        at = place if owner is None or account[id(owner)] is None else account[id(owner)]
        account[id(thing)] = None if id(thing) in match.kept else at
        if id(thing) in match.in_place:
            continue
        booked[at].all_count += 1
        booked[at].bytes += thing.size
        booked[at].moved += id(thing) in match.same
        if id(thing) not in moment.aside:
            booked[at].count += at == place
            arrived[place] += 1
        for length in range(1, len(place) + 1):
            below_count[place[:length]] += 1
            below_bytes[place[:length]] += thing.size
    return booked, arrived, below_count, below_bytes


def confirm(booked, witness):
    if booked > 0:
        return max(0, min(booked, witness))
    return min(0, max(booked, witness))


def changes(before, now, match):
    """{place: (count, all_count, bytes, exchanged, turnover, all_turnover, bytes_turnover, moved)} of a step."""
    went, left, less_count, less_bytes = book(before, match)
    came, arrived, more_count, more_bytes = book(now, match)
    result = {}
    for place in set(went) | set(came) | set(match.resized) | set(arrived) | set(left):
        a, b, resized = came.get(place, Booked()), went.get(place, Booked()), match.resized[place]
        count = confirm(a.count - b.count, arrived[place] - left[place])
        all_count, size = a.all_count - b.all_count, a.bytes - b.bytes + resized
        if count == 0:
            below = sum(change for at, change in match.resized.items() if at[:len(place)] == place)
            all_count = confirm(all_count, more_count[place] - less_count[place])
            size = confirm(size, more_bytes[place] - less_bytes[place] + below)
        exchanged = min(arrived[place], left[place]) if match.by_address else 0
        result[place] = (count, all_count, size, exchanged, a.count + b.count, a.all_count + b.all_count,
                         a.bytes + b.bytes, a.moved)
    return result


# ---- trends ----

def trend_of(steps, exchanged, amount=1):
    """`exchanged` things were replaced by others, each of which adds `amount`."""
    total, half = sum(steps), len(steps) // 2
    if total <= 0:
        return "shrank" if total < 0 else "level"
    if len(steps) == 1:
        return "grew"
    first, last = sum(steps[:half]), sum(steps[-half:])
    if min(steps) <= 0:
        return "filled" if last <= 0 else "uneven"
    if len(steps) < 4 and total <= 2 * exchanged * amount:
        return "noisy"
    if len(steps) < 10 and total <= 3 * sqrt(2 * exchanged) * amount:
        return "noisy"
    return "slowing" if last <= first // 4 else "steady"


# ---- the whole ----

class Twin:
    def __init__(self, heaps):
        self.moments = [Moment(heap) for heap in heaps]
        pairs = list(zip(self.moments, self.moments[1:]))
        self.matches = [Match(before, now) for before, now in pairs]
        self.tallies = [self._tally(moment) for moment in self.moments]
        self.steps = [changes(before, now, match) for (before, now), match in zip(pairs, self.matches)]

    @staticmethod
    def _tally(moment):
        tally = defaultdict(lambda: [0, 0])
        for thing in moment.order:
            tally[thing.type.name][0] += 1
            tally[thing.type.name][1] += thing.size
        return tally

    def garbage(self, index):
        moment = self.moments[index]
        dead = [thing for thing in moment.heap.things if id(thing) not in moment.parent]
        return len(dead), sum(thing.size for thing in dead)

    def types(self):
        """{name: (counts, sizes, new, gone, trend)} of the types that changed."""
        result = {}
        for name in set().union(*self.tallies):
            counts, sizes = ([tally[name][i] for tally in self.tallies] for i in range(2))
            if counts[0] == counts[-1] and sizes[0] == sizes[-1]:
                continue
            new = gone = exchanged = 0
            for i, match in enumerate(self.matches):
                if match.by_address:
                    kept = match.judged[name]["same"] + match.judged[name]["assumed"]
                    new, gone = new + counts[i + 1] - kept, gone + counts[i] - kept
                    exchanged += min(counts[i + 1], counts[i]) - kept
            values = counts if counts[0] != counts[-1] else sizes
            steps = [b - a for a, b in zip(values, values[1:])]
            trend = trend_of(steps, exchanged if values is counts else 0)
            result[name] = (tuple(counts), tuple(sizes), new, gone, trend)
        return result

    def places(self):
        """{place: (count, all_count, bytes, count steps, bytes steps, moved, trend)} of those that grew."""
        grown = {}
        for place in set().union(*self.steps):
            series = [step.get(place, (0,) * 8) for step in self.steps]
            count, all_count, size, exchanged, turnover, all_turnover, bytes_turnover, moved = map(sum, zip(*series))
            last = self.moments[-1]
            is_there = any(last.place(thing) == place for thing in last.order)
            if (all_count <= 0 and size <= 0) or not is_there:
                continue
            of_bytes = all_count <= 0
            trend = trend_of([step[2 if of_bytes else 1] for step in series],
                             exchanged, (bytes_turnover if of_bytes else all_turnover) / max(turnover, 1))
            if of_bytes and size < 1024 and trend in ("slowing", "steady"):
                trend = "noisy"
            grown[place] = [count, all_count, size, [step[0] for step in series], [step[2] for step in series], moved,
                            trend]
        for place in list(grown):
            container = grown.get(place[:-1])
            is_items = len(place) > 1 and place[-1] == "[*]" and place in grown and grown[place][1] > 0
            if is_items and container and container[:2] == [0, 0]:
                grown[place][2] += container[2]
                grown[place][4] = [a + b for a, b in zip(grown[place][4], container[4])]
                del grown[place[:-1]]
        return {place: (*row[:3], tuple(row[3]), tuple(row[4]), *row[5:]) for place, row in grown.items()}

    def identity(self):
        total = Counter()
        for i, match in enumerate(self.matches):
            judged = sum(match.judged.values(), Counter())
            kept = judged["same"] + judged["assumed"]
            new, gone = (len(self.moments[k].order) - kept if match.by_address else 0 for k in (i + 1, i))
            total += Counter(new=new, gone=gone, same=judged["same"], replaced=judged["replaced"],
                             assumed=judged["assumed"], doubtful=match.doubtful())
        return total
