"""The answers of a Snapshot: small frozen objects, a file for each question. str(answer) reads as the command's does.

Sizes are in bytes and shallow, as sys.getsizeof gives them. `addr` is an address in the photographed process, `node`
the number of an object in the snapshot: both are selectors ("0x7f3a5c0de010", "#1234"). No answer holds an object of
the program.

A new question brings a file of its own, named like the method that asks it, and its classes are imported here: the C
code makes holdfast.results.<Class>. An answer that people read derives from Shown (shown.py) and gives its texts and
Tables, which print as text and show in notebooks; an object on the way to another is a Hop (path.py).
"""
from holdfast.results.chain import Chain
from holdfast.results.cycles import CycleGroup, Cycles
from holdfast.results.dominators import DominatorRow, Dominators
from holdfast.results.freed import Freed, FreedType
from holdfast.results.growth import Growth, GrowthCheck, GrowthIdentity, GrowthMoment, GrowthPlace, GrowthType
from holdfast.results.info import Group, Info, Origin, Thread, TypeCount
from holdfast.results.native import Native, NativeDanger, NativeGrowth, NativeRow
from holdfast.results.neighbours import Neighbour, Neighbours
from holdfast.results.object import Node, Object
from holdfast.results.path import Hop, Path, PathGroup
from holdfast.results.picture import Picture
from holdfast.results.sites import Site, SiteFrame, SiteGrowth, SiteGrowthRow, SiteRow, Sites
from holdfast.results.suspects import Holder, Suspect, SuspectPart, Suspects, Verdict
from holdfast.results.types import TypeRow, Types
from holdfast.results.waste import Waste, WasteKind, WasteRow
from holdfast.results.why import Why

__all__ = ["Chain", "CycleGroup", "Cycles", "DominatorRow", "Dominators", "Freed", "FreedType", "Group", "Growth",
           "GrowthCheck", "GrowthIdentity", "GrowthMoment", "GrowthPlace", "GrowthType", "Holder", "Hop", "Info",
           "Native", "NativeDanger", "NativeGrowth", "NativeRow", "Neighbour", "Neighbours", "Node", "Object", "Origin",
           "Path", "PathGroup", "Picture", "Site", "SiteFrame", "SiteGrowth", "SiteGrowthRow", "SiteRow", "Sites",
           "Suspect", "SuspectPart", "Suspects", "Thread", "TypeCount", "TypeRow", "Types", "Verdict", "Waste",
           "WasteKind", "WasteRow", "Why"]
