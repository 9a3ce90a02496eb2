"""References that tp_traverse does not visit: what Python itself shows of each kind.

lib/cpython/names.h marks their names with HF_NAME_EXTRA and says why each is left out. SHOWN has the same names; each
function gives the objects that an owner refers to under that name, or NOT_SHOWN where Python has no way to them.
"""
import gc
import types

NOT_SHOWN = None


def of_type(name):
    return lambda owner: [type.__dict__[name].__get__(owner)]


def of_attribute(name):
    return lambda owner: [getattr(owner, name)]


def name_of(owner):
    return [type.__dict__["__name__"].__get__(owner) if isinstance(owner, type) else owner.__name__]


def elements_of(array):
    return array.ravel(order="K").tolist()


SHOWN = {
    ("key", ""): lambda owner: list(dict.keys(owner)),
    ("type", ""): lambda owner: [type(owner)],
    ("dict", "__dict__"): lambda owner: gc.get_referents(type.__dict__["__dict__"].__get__(owner)),
    ("attribute", "__mro__"): of_type("__mro__"),
    ("attribute", "__bases__"): of_type("__bases__"),
    ("attribute", "__name__"): name_of,
    ("attribute", "__qualname__"): of_type("__qualname__"),
    ("field", "tp_subclasses"): NOT_SHOWN,
    ("field", "ht_slots"): NOT_SHOWN,
    ("field", "ht_cached_keys"): NOT_SHOWN,
    ("field", "d_qualname"): of_attribute("__qualname__"),
    ("field", "md_name"): NOT_SHOWN,
    ("attribute", "co_consts"): of_attribute("co_consts"),
    ("attribute", "co_names"): of_attribute("co_names"),
    ("attribute", "co_varnames"): of_attribute("co_varnames"),
    ("attribute", "co_freevars"): of_attribute("co_freevars"),
    ("attribute", "co_cellvars"): of_attribute("co_cellvars"),
    ("attribute", "co_filename"): of_attribute("co_filename"),
    ("attribute", "co_name"): of_attribute("co_name"),
    ("attribute", "co_qualname"): of_attribute("co_qualname"),
    ("attribute", "co_exceptiontable"): of_attribute("co_exceptiontable"),
    ("field", "co_linetable"): of_attribute("co_linetable" if hasattr(types.CodeType, "co_linetable") else "co_lnotab"),
    ("field", "co_localsplusnames"): NOT_SHOWN,
    ("field", "co_localspluskinds"): NOT_SHOWN,
    ("field", "co_code"): NOT_SHOWN,
    ("attribute", "start"): of_attribute("start"),
    ("attribute", "stop"): of_attribute("stop"),
    ("attribute", "step"): of_attribute("step"),
    ("field", "length"): NOT_SHOWN,
    ("field", "link"): NOT_SHOWN,
    ("field", "element"): elements_of,
    ("attribute", "base"): of_attribute("base"),
    ("attribute", "dtype"): of_attribute("dtype"),
    ("item", ""): elements_of,
    ("attribute", "tzinfo"): of_attribute("tzinfo"),
    ("field", "offset"): lambda owner: [owner.utcoffset(None)],
    ("field", "name"): lambda owner: [owner.tzname(None)],
}
