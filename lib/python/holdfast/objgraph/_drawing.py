"""The graph around objects as DOT text.

The functions here hold the objects in local variables alone, and in lists whose addresses are ignored: an attribute or
a variable of a closure would be one more reference in the picture.
"""
import collections
import gc
import io
import itertools
import os
import sys
import types

from holdfast import _core
from holdfast.objgraph._finding import is_proper_module
from holdfast.objgraph._labels import (_edge_label, _gradient, _isinstance, _obj_attrs, _obj_label, _obj_node_id)

_package = sys.modules[__package__]     # programs change its IS_INTERACTIVE, graphviz and _present_graph

_WHITE, _DARK = (0, 0, 1), (0, 0, .3)
_RED, _DARK_RED = (0, 1, 1), (0, 1, .3)
_MODULE = (.3, 1)
_HIGHLIGHTED = (.6, .6)


def show_refs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None, filename=None,
              extra_info=None, refcounts=False, shortnames=True, output=None, extra_node_attrs=None):
    """Draw what an object, or each of a list of objects, refers to, and so on. Arguments as in show_backrefs()."""
    return _show_graph(objs, gc.get_referents, True, max_depth=max_depth, extra_ignore=extra_ignore, filter=filter,
                       too_many=too_many, highlight=highlight, filename=filename, extra_info=extra_info,
                       refcounts=refcounts, shortnames=shortnames, output=output, extra_node_attrs=extra_node_attrs)


def show_backrefs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None, filename=None,
                  extra_info=None, refcounts=False, shortnames=True, output=None, extra_node_attrs=None):
    """Draw what refers to an object, or to each of a list of objects, and so on up to modules.

    Where to: to the file `filename`, DOT text for *.dot and else a picture in the format that its suffix names; to
    `output`, a file object, as DOT text; else into the notebook, into a window of xdot, or into a PNG with a name that
    is printed.

    max_depth         references from the objects to the last that are drawn
    too_many          neighbours of an object that are drawn; the others are counted
    extra_ignore      addresses of objects that are not drawn
    filter            a function of an object: it is drawn when that gives something true
    highlight         a function of an object: it is drawn in blue when that gives something true
    extra_info        a function of an object that gives one more line for its box
    extra_node_attrs  a function of an object that gives a dict of Graphviz attributes for its box
    refcounts         whether reference counts are shown
    shortnames        whether types are shown without their modules
    """
    return _show_graph(objs, gc.get_referrers, False, max_depth=max_depth, extra_ignore=extra_ignore, filter=filter,
                       too_many=too_many, highlight=highlight, filename=filename, extra_info=extra_info,
                       refcounts=refcounts, shortnames=shortnames, output=output, cull_func=is_proper_module,
                       extra_node_attrs=extra_node_attrs)


def show_chain(*chains, **kw):
    """Draw chains as find_backref_chain() gives them; with backrefs=False as find_ref_chain() does.

    Other keywords are those of show_backrefs().
    """
    is_backward = kw.pop("backrefs", True)
    chains = [chain for chain in chains if chain]

    def in_chains(obj, ids={id(obj) for obj in itertools.chain(*chains)}):
        return id(obj) in ids

    max_depth = max(len(chain) for chain in chains) - 1
    if is_backward:
        show_backrefs([chain[-1] for chain in chains], max_depth=max_depth, filter=in_chains, **kw)
    else:
        show_refs([chain[0] for chain in chains], max_depth=max_depth, filter=in_chains, **kw)


# ---- where to ----

def _open(filename, output):
    """The file that the text is written to, and its name, which is None unless the file is ours to close."""
    if filename and output:
        raise ValueError("Cannot specify both output and filename.")
    if output:
        return output, None
    if _package.IS_INTERACTIVE and not filename:
        return io.StringIO(), None
    if filename and filename.endswith(".dot"):
        return open(filename, "w", encoding="utf-8"), filename
    import tempfile
    number, name = tempfile.mkstemp(prefix="objgraph-", suffix=".dot", text=True)
    return os.fdopen(number, "w", encoding="utf-8"), name


# ---- what ----

def _show_graph(objs, edge_func, swap_source_target, max_depth=3, extra_ignore=(), filter=None, too_many=10,
                highlight=None, filename=None, extra_info=None, refcounts=False, shortnames=True, output=None,
                cull_func=None, extra_node_attrs=None):
    if not _isinstance(objs, (list, tuple)):
        objs = [objs]
    file, dot_filename = _open(filename, output)
    try:
        num_nodes = _write_graph(file.write, objs, edge_func, swap_source_target, max_depth, extra_ignore, filter,
                                 too_many, highlight, extra_info, refcounts, shortnames, cull_func, extra_node_attrs)
    finally:
        if dot_filename:
            file.close()
    if dot_filename:
        print(f"Graph written to {dot_filename} ({num_nodes} nodes)")
        _package._present_graph(dot_filename, filename)
    elif not output:
        return _package.graphviz.Source(file.getvalue())


def _write_graph(write, objs, edge_func, is_forward, max_depth, extra_ignore, filter, too_many, highlight, extra_info,
                 refcounts, shortnames, cull_func, extra_node_attrs):
    """Breadth first from `objs`; gives the number of boxes. The order of the lines is part of the interface."""
    write("digraph ObjectGraph {\n  node[shape=box, style=filled, fillcolor=white];\n")
    queue, depths = collections.deque(objs), {id(obj): 0 for obj in objs}
    ignore = set(extra_ignore)
    ignore.update(map(id, (objs, extra_ignore, queue, depths, ignore)))
    # Up to 3.12 this makes a dict of what show_refs() was given, which is in the counts that objgraph shows.
    ignore.add(id(sys._getframe(2).f_locals))
    for obj in objs:
        write(f"  {_obj_node_id(obj)}[fontcolor=red];\n")
        del obj
    gc.collect()
    num_nodes, index = 0, None
    try:
        while queue:
            num_nodes += 1
            target = queue.popleft()
            depth, node = depths[id(target)], _obj_node_id(target)
            if index is not None:
                index.lend(target)
            write(f'  {node}[label="{_obj_label(target, extra_info, refcounts, shortnames)}"'
                  f"{_obj_attrs(target, extra_node_attrs)}];\n")
            _write_colour(write, node, target, highlight, depth, max_depth)
            _write_finalizer(write, node, target)
            if index is not None:
                index.lend(None)
            if depth >= max_depth or (cull_func is not None and cull_func(target)):
                continue
            if edge_func is gc.get_referrers and num_nodes == 1:
                neighbours = _core._scan_referrers(target)
            elif edge_func is gc.get_referrers:
                index = index or _core._referrers(target, objs, queue)
                neighbours = index.of(target)
            else:
                neighbours = edge_func(target)
            ignore.add(id(neighbours))
            num_drawn = num_skipped = 0
            for neighbour in neighbours:
                if id(neighbour) in ignore or (filter and not filter(neighbour)):
                    continue
                if num_drawn >= too_many:
                    num_skipped += 1
                    continue
                source, sink = (target, neighbour) if is_forward else (neighbour, target)
                write(f"  {_obj_node_id(source)} -> {_obj_node_id(sink)}{_edge_label(source, sink, shortnames)};\n")
                if id(neighbour) not in depths:
                    depths[id(neighbour)] = depth + 1
                    queue.append(neighbour)
                num_drawn += 1
                del neighbour
            del neighbours     # what the other variables still hold is counted in the next box, as objgraph does
            if num_skipped > 0:
                _write_skipped(write, node, num_skipped, is_forward, _gradient(_RED, _DARK_RED, depth + 1, max_depth))
    finally:
        index = None     # a traceback would keep it, and it holds all objects
    write("}\n")
    return num_nodes


def _write_colour(write, node, target, highlight, depth, max_depth):
    hue, saturation, value = _gradient(_WHITE, _DARK, depth, max_depth)
    if isinstance(target, types.ModuleType):
        hue, saturation = _MODULE
    if highlight and highlight(target):
        hue, saturation = _HIGHLIGHTED
        value = .5 + value * .5
    write(f'  {node}[fillcolor="{hue:g},{saturation:g},{value:g}"];\n')
    if value < .5:
        write(f"  {node}[fontcolor=white];\n")


def _write_finalizer(write, node, target):
    if hasattr(getattr(target, "__class__", None), "__del__"):
        write(f"  {node}->{node}_has_a_del[color=red,style=dotted,len=0.25,weight=10];\n"
              f'  {node}_has_a_del[label="__del__",shape=doublecircle,height=0.25,color=red,fillcolor="0,.5,1",'
              f"fontsize=6];\n")


def _write_skipped(write, node, num_skipped, is_forward, colour):
    edge = f"{node}->too_many_{node}" if is_forward else f"too_many_{node}->{node}"
    what = "references" if is_forward else "backreferences"
    write(f"  {edge}[color=red,style=dotted,len=0.25,weight=10];\n"
          f'  too_many_{node}[label="{num_skipped} more {what}",shape=box,height=0.25,color=red,'
          f'fillcolor="{colour[0]:g},{colour[1]:g},{colour[2]:g}",fontsize=6];\n'
          f"  too_many_{node}[fontcolor=white];\n")
