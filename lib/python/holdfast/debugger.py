"""Commands at the prompt of a debugger: import holdfast.debugger, there or in the program.

    (Pdb) import holdfast.debugger
    (Pdb) why self                   what keeps it alive
    (Pdb) why self, 3                the same on three paths, each with another last owner
    (Pdb) referrers self.cache       who refers to it, as a tree
    (Pdb) graph self > self.svg      the picture; without a name in the folder for temporary files
    (Pdb) grew                       what grew since the last time; the first time begins

With PYTHONBREAKPOINT=holdfast.debugger.set_trace each breakpoint() has them; samples/debugger/pdbrc is for all of pdb.

The commands are those of pdb.Pdb and of every debugger made from it (ipdb, IPython's %debug, python -m pdb -p PID), in
post-mortem too. At other prompts (pudb's command line, a notebook) the functions of this module do the same:
holdfast.debugger.why(self).

The debugger is no part of the answer. Its modules are hidden from the snapshot as holdfast's own are: its frames and
what they hold, itself, the objects of the frames that it stopped and the copies of variables that it made; and the last
value that a prompt keeps as `_`.
"""
import ast
import bdb
import builtins
import contextlib
import inspect
import os
import pdb
import re
import sys
import tempfile

from holdfast import _core
from holdfast.results.shown import text_of

#: The modules of debuggers, with those below them.
HIDDEN = ("pdb", "bdb", "cmd", "code", "codeop", "ipdb", "pudb", "IPython.core.debugger", "IPython.terminal.debugger")

# Where pdb puts values into the variables of a module that it has stopped in.
PDB_VALUES = ("__return__", "__exception__")
PDB_CONVENIENCE = "__pdb_convenience_variables"

_last = None                  # the snapshot of the last grew()


def why(thing: object, paths: int = 1) -> None:
    """Print what keeps the object alive: the shortest chains of references to it, each with another last owner."""
    print(_why([thing], paths))


def referrers(thing: object) -> None:
    """Print who refers to the object, as a tree."""
    print(_referrers([thing]))


def graph(thing: object, path: "str | None" = None) -> None:
    """Draw who refers to the object, into a file whose ending names the format."""
    print(_graph([thing], path))


def grew() -> None:
    """Print what grew since the last time that this was asked."""
    print(_grew())


def set_trace(*, header: "str | None" = None) -> None:
    """Stop here in pdb, with the commands. For PYTHONBREAKPOINT=holdfast.debugger.set_trace."""
    debugger = pdb.Pdb(mode="inline") if sys.version_info >= (3, 14) else pdb.Pdb()
    if header is not None:
        debugger.message(header)
    debugger.set_trace(sys._getframe(1))


# ---- the answers ----
# What is asked about comes in a list, which is hidden, and goes from hand to hand in it: an argument or a temporary
# would be one more reference to it.

def _why(asked, paths, ask="paths="):
    try:
        why = _snapshot(asked).why(asked[0], paths=paths)
    except LookupError:                # hidden with the debugger
        why = None
    if not why:
        return _held_by_nobody(asked)
    return text_of(why._parts(ask))


def _referrers(asked):
    try:
        return str(_snapshot(asked).referrers(asked[0]))
    except LookupError:
        return _held_by_nobody(asked)


def _held_by_nobody(asked):
    return f"nothing but the debugger, and what was typed, holds this object of type {type(asked[0]).__name__}"


def _graph(asked, path):
    try:
        picture = _snapshot(asked).graph(asked[0])
    except LookupError:
        return _held_by_nobody(asked)
    if not path:
        path = os.path.join(tempfile.mkdtemp(prefix="holdfast-"), "graph.svg")
    picture.save(path)
    return f"wrote {path}: {picture.num_nodes} objects, {picture.num_edges} references"


def _grew():
    global _last
    before, _last = _last, _snapshot([])
    if before is None:
        return "noted what there is now: the next `grew` says what grew since"
    return str(_core.diff_snapshots((before, _last)))


# ---- a snapshot without the debugger ----

def _snapshot(asked):
    hidden, variables = _find_debuggers()
    with _without(variables, asked) as taken:
        ours = asked, hidden, variables, taken
        return _core.snapshot(hidden_modules=HIDDEN, hidden_objects=(*hidden, *ours, ours))


def _is_hidden(frame):
    name = frame.f_globals.get("__name__") or ""
    return any(name == word or name.startswith(f"{word}.") for word in HIDDEN)


def _frames():
    frame = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _find_debuggers():
    """What debuggers have made of this thread: objects to hide, and the dicts into which they put values."""
    hidden, variables = [], [vars(builtins)]
    for frame in _frames():
        if _is_hidden(frame):
            copy = frame.f_locals
            hidden += [copy, *_parts_of(copy.get("self"))]
        elif type(frame.f_globals) is not dict:        # what pudb evaluates with: a copy of all variables
            hidden.append(frame.f_globals)
        elif frame.f_globals.get("__name__") != __name__:
            hidden += _made_for(frame)
            variables.append(frame.f_globals)
    return hidden, variables


def _parts_of(debugger):
    """The debugger, and the copies of variables that it made of the frames it shows; before 3.13 these are dicts."""
    if not isinstance(debugger, bdb.Bdb):
        return []
    if sys.version_info >= (3, 13):
        return [debugger]
    own = vars(debugger)
    frames = [frame for frame, _ in own.get("stack") or () if _is_function(frame)]
    # Asking the frame that is shown for them again would undo what was assigned at the prompt of pdb.
    known = {id(own.get("curframe")): own["curframe_locals"]} if own.get("curframe_locals") is not None else {}
    return [debugger, *(known[id(frame)] if id(frame) in known else frame.f_locals for frame in frames)]


def _made_for(frame):
    """The object of a frame, which from 3.11 on is made when somebody asks for it and does not hold the variables."""
    made = [frame.f_globals[PDB_CONVENIENCE]] if PDB_CONVENIENCE in frame.f_globals else []
    if sys.version_info >= (3, 11) and _is_function(frame):
        made.append(frame)
    return made


def _is_function(frame):
    """Of a function, and not of a module or class, whose variables are no copy."""
    return frame.f_code.co_flags & inspect.CO_OPTIMIZED


@contextlib.contextmanager
def _without(variables, asked):
    """Without the values that a prompt or pdb has put into these dicts: the one that is asked about, and pdb's own."""
    taken = []
    for names in {id(names): names for names in variables}.values():
        for name in ("_", *PDB_VALUES):
            if name in names and (name in PDB_VALUES or _is_last_value(names[name], asked)):
                taken.append((names, name, names.pop(name)))
    try:
        yield taken
    finally:
        for names, name, value in taken:
            names[name] = value


def _is_last_value(value, asked):
    """Whether builtins._ is what a prompt has printed last, and not a function of gettext."""
    return hasattr(sys, "ps1") or any(value is thing for thing in asked)


# ---- the commands of pdb ----

class _Misused(Exception):
    """What stands behind a command is not what it takes."""


def _arguments(text):
    """What stands between the commas of a text, as in a call; the text, where that is no Python."""
    source = f"_({text}\n)"
    try:
        call = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return [text]
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        return [text]
    return [ast.get_source_segment(source, argument) for argument in call.args]


def _is_expression(text):
    try:
        compile(text, "<stdin>", "eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _take_expression(text, takes="an expression"):
    if not text or len(_arguments(text)) != 1 or text.endswith(","):
        raise _Misused(takes + (" (a tuple goes in parentheses)" if text else ""))
    return text, None


def _take_number_behind(text):
    """`self, 3`"""
    parts = _arguments(text)
    if len(parts) == 2 and parts[1].isdecimal():
        return text.rpartition(",")[0].rstrip(), int(parts[1])
    return _take_expression(text, "an expression and, behind a comma, a number")


def _take_file_behind(text):
    """`self.cache > file.svg`, by the last `>` with an expression before it; `1 > 0` has no name of a file."""
    for sign in reversed(list(re.finditer("(?<![-<>=])>(?![>=])", text))):
        expression, path = text[:sign.start()].strip(), text[sign.end():].strip().strip("'\"")
        if _is_expression(expression) and re.search(r"^$|/|\.[A-Za-z]\w*$", path):
            if not path:
                raise _Misused("the name of a file behind the >")
            return _take_expression(expression)[0], os.path.expanduser(path)
    return _take_expression(text)


def _say(self, answer):
    """Print an answer, or why there is none, at a prompt that goes on."""
    try:
        text = answer()
    except Exception as error:
        self.error(f"{error}" or type(error).__name__)
    else:
        self.message(text)


def _command(name, take, answer):
    def run(self, argument):
        """Evaluate the argument in the frame that is shown, and print the answer."""
        try:
            expression, more = take(argument.strip())
        except _Misused as takes:
            self.error(f"{name} takes {takes}; see help {name}")
            return
        try:
            asked = [self._getval(expression)]
        except BaseException:              # which _getval has printed; of exit() as well, like pdb's own commands
            return
        _say(self, lambda: answer(asked, expression, more))

    return run


def _do_grew(self, argument):
    if argument.strip():
        self.error("grew takes nothing; see help grew")
    else:
        _say(self, _grew)


def _install():
    texts = {
        "why": "why expression[, number]\n\n        What keeps the value alive: the shortest chain of references to it, or\n"
               "        that number of chains, each with another last owner.",
        "referrers": "referrers expression\n\n        Who refers to the value, as a tree.",
        "graph": "graph expression [> file]\n\n        Draw who refers to the value: .svg, .png, .pdf or .dot.",
        "grew": "grew\n\n        What grew since the last time; the first time begins.",
    }
    commands = {
        "why": _command("why", _take_number_behind, lambda asked, expression, paths:
                        _why(asked, 1 if paths is None else paths, f"why {expression}, ")),
        "referrers": _command("referrers", _take_expression, lambda asked, expression, _: _referrers(asked)),
        "graph": _command("graph", _take_file_behind, lambda asked, expression, path: _graph(asked, path)),
        "grew": _do_grew,
    }
    for name, command in commands.items():
        command.__name__, command.__doc__ = f"do_{name}", texts[name]
        setattr(pdb.Pdb, f"do_{name}", command)
        if name != "grew":
            setattr(pdb.Pdb, f"complete_{name}", pdb.Pdb._complete_expression)
    for frame in _frames():
        debugger = frame.f_locals.get("self") if _is_hidden(frame) else None
        if hasattr(debugger, "_command_name_cache"):       # python -m pdb -p: the list that its other end has is old
            debugger._command_name_cache = []


_install()
