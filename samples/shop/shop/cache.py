"""The sessions of the shop, in shards so that threads seldom wait for each other."""
import threading


class Session:
    """What the shop knows of a visitor between login and logout."""

    def __init__(self, number, user):
        self.number = number
        self.user = user
        self.basket = []
        self.pages = bytearray(2000)     # what the visitor has looked at


class Cache:
    """A dictionary in shards, each with its own lock."""

    def __init__(self, num_shards=16):
        self._shards = [{} for _ in range(num_shards)]
        self._locks = [threading.Lock() for _ in range(num_shards)]

    def put(self, number, session):
        shard = number % len(self._shards)
        with self._locks[shard]:
            self._shards[shard]["session", number] = session

    def get(self, number):
        return self._shards[number % len(self._shards)]["session", number]

    def forget(self, number):
        shard = number % len(self._shards)
        with self._locks[shard]:
            # The leak: the cookie gives the number as text, the key has it as an integer. Nothing is ever found,
            # and the default hides it.
            self._shards[shard].pop(("session", str(number)), None)


CACHE = Cache()
