"""What the tests hold against a snapshot: Python's own word.

    kinds/       one owner for each kind of reference
    zoo.py       a process that holds one of each
    twin.py      the heap as gc.get_referents, sys.getsizeof and the rest of Python show it
    extras.py    references that gc.get_referents leaves out, and where else Python shows them
    plain.py     a second reader of snapshot files
    examine.py   compares them all, in a process of its own
"""
