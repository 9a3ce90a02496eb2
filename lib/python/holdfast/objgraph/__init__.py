"""objgraph's functions, on one walk through the heap instead of one for each object on the way.

    >>> from holdfast import objgraph
    >>> objgraph.show_most_common_types(limit=3)
    >>> objgraph.show_backrefs(session, filename="session.png")

Programs that import objgraph get this one after `sys.modules["objgraph"] = holdfast.objgraph`.

The functions, their defaults, what they give and print, and the DOT text are those of objgraph 3.6, whose documentation
holds for them. They ask the collector for objects and references, as it does, and so they see what it sees: no strings
and numbers by type, no names of attributes in instances, no local variables of running functions. What they show beside
that is that of holdfast.snapshot(). Three things are told apart from objgraph:

- A search reads the references to its first object, and then once those to all others. What a predicate or a filter of
  the caller changes after that is not seen, and what it frees is kept until the search is over.
- get_leaking_objects(an empty list) is an empty list and no UnboundLocalError.
- A DOT file is closed when a function of the caller raises.
"""
from holdfast.objgraph._counting import (count, get_new_ids, growth, most_common_types, show_growth,
                                         show_most_common_types, typestats)
from holdfast.objgraph._drawing import _show_graph, show_backrefs, show_chain, show_refs
from holdfast.objgraph._finding import (_find_chain, at, at_addrs, by_type, find_backref_chain, find_ref_chain,
                                        get_leaking_objects, is_proper_module)
from holdfast.objgraph._labels import (_edge_label, _get_obj_type, _gradient, _is_identifier, _isinstance,
                                       _long_typename, _name_or_repr, _obj_attrs, _obj_label, _obj_node_id, _quote,
                                       _safe_repr, _short_repr, _short_typename)
from holdfast.objgraph._presenting import _present_graph, _program_in_path

__version__ = "3.6.2"     # the release of objgraph whose functions these are

# In a notebook graphs are shown where they are asked for; shells in a terminal cannot.
IS_INTERACTIVE = False
try:
    if "TerminalInteractiveShell" not in get_ipython().__class__.__name__:  # noqa: F821
        import graphviz
        IS_INTERACTIVE = True
except (ImportError, NameError):
    pass


def __getattr__(name):
    """What pictures alone need, when they do: 40 modules hang on these two."""
    if name in ("graphviz", "subprocess"):
        import importlib
        try:
            globals()[name] = importlib.import_module(name)
        except ImportError as error:
            raise AttributeError(f"module 'holdfast.objgraph' has no attribute {name!r}: {error}") from None
        return globals()[name]
    raise AttributeError(f"module 'holdfast.objgraph' has no attribute {name!r}")


__all__ = ["at", "at_addrs", "by_type", "count", "find_backref_chain", "find_ref_chain", "get_leaking_objects",
           "get_new_ids", "growth", "is_proper_module", "most_common_types", "show_backrefs", "show_chain",
           "show_growth", "show_most_common_types", "show_refs", "typestats"]
