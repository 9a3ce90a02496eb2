"""One owner for each kind of reference that holdfast knows, made from the object that it is to hold.

KINDS maps a name to (make, part): make(x) gives an owner that keeps x alive, alone; `part` is what the expression of
the path from the owner to x must contain. None: any expression will do. GAP: Python has no expression for it, and
holdfast says where. Each file has the owners of one theme; common.py what several need.
"""
import importlib.util

from oracle.kinds import attributes, containers, frames, functions, iterators, library
from oracle.kinds.common import GAP, Target, forget

__all__ = ["GAP", "KINDS", "Target", "forget"]

KINDS = {**attributes.KINDS, **containers.KINDS, **functions.KINDS, **frames.KINDS, **iterators.KINDS, **library.KINDS}

if importlib.util.find_spec("numpy") is None:    # the tests have it; other releases may be looked at without
    KINDS = {name: kind for name, kind in KINDS.items() if not name.startswith("object array")}
