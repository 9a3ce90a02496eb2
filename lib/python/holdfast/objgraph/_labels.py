"""What stands in the boxes and on the arrows of a graph."""
import os
import sys
import types

_MAX_CHARS = 40
_LABEL_REFERENCES = 4     # what a count has of its own in a label: an argument, a variable of the caller, and two more


def _isinstance(object, classinfo):
    """isinstance() by the type alone: stand-ins such as mocks have a __class__ that says otherwise."""
    return issubclass(type(object), classinfo)


def _get_obj_type(obj):
    return type(obj)


def _short_typename(obj):
    return _get_obj_type(obj).__name__


def _long_typename(obj):
    type_of_obj = _get_obj_type(obj)
    module = getattr(type_of_obj, "__module__", None)
    return f"{module!s}.{type_of_obj.__name__!s}" if module else type_of_obj.__name__


# ---- boxes ----

def _obj_node_id(obj):
    return f"o{id(obj)}".replace("-", "_")


def _quote(s):
    for char, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\0", "\\\\0")):
        s = s.replace(char, written)
    return s


def _obj_attrs(obj, extra_node_attrs):
    if extra_node_attrs is None:
        return ""
    attributes = sorted(extra_node_attrs(obj).items())
    return ", " + ", ".join(f'{name}="{_quote(value)}"' for name, value in attributes if value is not None)


def _obj_label(obj, extra_info=None, refcounts=False, shortnames=True):
    name = (_short_typename if shortnames else _long_typename)(obj)
    lines = [name + f" [{sys.getrefcount(obj) - _LABEL_REFERENCES}]" if refcounts else name, _safe_repr(obj)]
    if extra_info:
        lines.append(str(extra_info(obj)))
    return _quote("\n".join(lines))


def _safe_repr(obj):
    try:
        return _short_repr(obj)
    except Exception:
        return "(unrepresentable)"


def _name_or_repr(value):
    try:
        name = value.__name__
    except AttributeError:
        name = None
    return name if _isinstance(name, str) else repr(value)[:_MAX_CHARS]


def _short_repr(obj):
    if _isinstance(obj, (type, types.ModuleType, types.BuiltinFunctionType)):
        return _name_or_repr(obj)
    if _isinstance(obj, types.MethodType):
        return _name_or_repr(obj.__func__) + (" (bound)" if obj.__self__ else "")
    if _isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        return f"lambda: {os.path.basename(obj.__code__.co_filename)}:{obj.__code__.co_firstlineno}"
    if _isinstance(obj, types.FrameType):
        return f"{obj.f_code.co_filename}:{obj.f_lineno}"
    if _isinstance(obj, (tuple, list, dict, set)):
        return f"{len(obj)} items"
    return repr(obj)[:_MAX_CHARS]


def _gradient(start_color, end_color, depth, max_depth):
    """The colour (hue, saturation, value) at a depth."""
    if max_depth == 0:
        return start_color
    share = float(depth) / max_depth
    return tuple(start * (1 - share) + end * share for start, end in zip(start_color, end_color))


# ---- arrows ----

def _is_identifier(s):
    """Whether `[a-zA-Z_][a-zA-Z_0-9]*$` matches, which allows a line feed at the end."""
    name = s[:-1] if s.endswith("\n") else s
    return name.isascii() and name.isidentifier()


# The attributes under which what these refer to is named, first one first.
_NAMED = ((types.FrameType, ("f_locals", "f_globals")), (types.MethodType, ("__self__", "__func__")))


def _edge_label(source, target, shortnames=True):
    if _isinstance(target, dict) and target is getattr(source, "__dict__", None):
        return _weighted("__dict__", 10)
    for kind, names in _NAMED:
        for name in names if _isinstance(source, kind) else ():
            if target is getattr(source, name):
                return _weighted(name, 10)
    if _isinstance(source, types.FunctionType):
        for name in dir(source):
            if target is getattr(source, name):
                return _weighted(name, 10)
    if _isinstance(source, dict):
        for key, value in source.items():
            if value is target:
                return _key_label(key, shortnames)
    return ""


def _weighted(name, weight):
    return f' [label="{_quote(name)}",weight={weight}]'


def _key_label(key, shortnames):
    if _isinstance(key, str) and _is_identifier(key):
        return _weighted(key, 2)
    name = (_short_typename if shortnames else _long_typename)(key)
    return f' [label="{_quote(name + chr(10) + _safe_repr(key))}"]'
