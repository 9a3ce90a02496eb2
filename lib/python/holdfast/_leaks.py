"""What grows in every round of a piece of code: the judgement behind assert_no_growth() and the pytest plugin.

    warm up   round 1   round 2   round 3   round 4   round 5
    ........ S ------- S ------- S ------- S ------- S ------- S      S: a collection, and a snapshot
             cache +40       +40        +8         0               out after the fourth round
             list   +1        +1        +1        +1        +1     a leak

holdfast.growth() does the counting. What did not grow in one of the rounds is out; when nothing is left the code is
free of leaks, which most often is known after one round. What still grows after the last one by as much as before is a
leak; of what slows down or may be chance, up to three times as many rounds decide. The frames and objects of this
module are holdfast's own, which no snapshot has: a round in which nothing happens grows by 0 objects.
"""
import fnmatch
import gc

from holdfast._core import growth

ROUNDS = 5                                                   # after the one to warm up
PATIENCE = 3                                                 # times as many where they do not tell
GROWING = ("grew", "steady", "slowing", "noisy")             # the trends of what grew in every step


def words_of(name, words):
    """A str or an iterable of them, as a tuple. TypeError for anything else."""
    listed = (words,) if isinstance(words, str) or not hasattr(words, "__iter__") else tuple(words)
    for word in listed:
        if not isinstance(word, str):
            raise TypeError(f"{name} takes names such as 'shop.models.Session', not {word!r}")
    return listed


def _is_below(path, place):
    """shop.CACHE[*] and shop.CACHE.rows are at or below shop.CACHE; shop.CACHED is not."""
    return path.startswith(place) and path[len(place):len(place) + 1] in ("", ".", "[")


class Limits:
    """What may grow. Everything is looked at, or the types that `types` names; what `allow` names may grow."""

    def __init__(self, types=None, allow=(), rounds=ROUNDS):
        if not isinstance(rounds, int) or rounds < 2:
            raise ValueError(f"rounds is a number from 2 on, not {rounds!r}: one does not tell what grows in each")
        self.rounds = rounds
        self.allow = words_of("allow", allow)
        self.places = types is None
        self.types = [] if types is None else [(word, None) for word in words_of("types", types)]

    def add(self, pattern, count):
        """Let each type that the pattern names grow by that many objects per round."""
        words_of("max_growth", (pattern,))
        if not isinstance(count, int) or count < 0:
            raise ValueError(f"max_growth takes a number of objects per round from 0 on, not {count!r}")
        self.types.append((pattern, count))

    def _allows(self, type_name, *paths):
        return any(fnmatch.fnmatchcase(type_name, word) or any(_is_below(path, word) for path in paths)
                   for word in self.allow)

    def judge(self, result):
        """The Leaks of a Growth: what grew by more than it may in each step so far."""
        places = [place for place in result.places if place.trend in GROWING]
        by_type = list(self._types(result))
        if not self.places:
            return by_type
        named = {leak.name for leak in by_type}
        leaks = [Leak.at(place) for place in places
                 if place.type not in named and not self._allows(place.type, place.owner, place.pattern)]
        if not places:       # what hangs at another place each time is told by type
            leaks = [Leak.of(row, result, row.count_growth != 0) for row in result.grown
                     if row.trend in GROWING and row.name not in named and not self._allows(row.name)]
        return by_type + leaks

    def _types(self, result):
        for row in result.grown + result.shrunk:
            limits = [count for pattern, count in self.types if fnmatch.fnmatchcase(row.name, pattern)]
            if limits and not self._allows(row.name):
                counts = [count for count in limits if count is not None]       # of objects, whatever their size
                leak = Leak.of(row, result, is_counted=True if counts else row.count_growth != 0)
                if all(step > min(counts, default=0) for step in leak.steps):
                    leak.limit, leak.is_proven = min(counts, default=0), True
                    yield leak


class Leak:
    """One thing that grew in each step, and the place of an object that came."""

    def __init__(self, name, place, is_counted, steps, bytes_growth, trend):
        self.name = name
        self.place = place           # a GrowthPlace; None: at ever new places
        self.is_counted = is_counted
        self.steps = steps           # objects, or else bytes: where their number is level
        self.bytes_growth = bytes_growth
        self.limit = 0               # objects per round that are allowed
        self.is_proven = trend == "steady" and steps[-1] * len(steps) * 2 >= sum(steps)

    @classmethod
    def at(cls, place):
        is_counted = place.count_growth != 0
        steps = place.count_steps if is_counted else place.bytes_steps
        return cls(place.type, place, is_counted, steps, place.bytes_growth, place.trend)

    @classmethod
    def of(cls, row, result, is_counted=True):
        numbers = row.counts if is_counted else row.sizes_bytes
        steps = tuple(after - before for before, after in zip(numbers, numbers[1:]))
        place = next((place for place in result.places if place.type == row.name
                      and (place.count_growth > 0 or not is_counted)), None)
        return cls(row.name, place, is_counted, steps, row.bytes_growth, row.trend)


class Rounds:
    """`for _ in Rounds(limits):` repeats its body until it is known whether it leaks. Then `leaks` has the answer."""

    def __init__(self, limits):
        self.limits = limits
        self.leaks = []
        self.number = 0              # of rounds that were measured

    def __iter__(self):
        import holdfast.results  # noqa: F401  imported with the first answer, which is within the rounds
        yield
        gc.collect()
        with growth(limit=None) as grown:
            while not self._is_decided(grown):
                yield
                gc.collect()
                grown.step()
                self.number += 1

    def _is_decided(self, grown):
        if self.number == 0:
            return False
        found = self.limits.judge(grown.result)
        if not found:
            return True
        if self.number < self.limits.rounds:
            return False
        self.leaks = [leak for leak in found if leak.is_proven]
        return bool(self.leaks) or self.number >= PATIENCE * self.limits.rounds
