"""holdfast.debugger at real prompts: of pdb, of breakpoint(), in post-mortem, of ipdb and of pudb."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import time

import holdfast
import pytest

PROGRAM = """
import sys
CACHE = {}

class Session:
    def handle(self):
        alone = [1, 2, 3]
        STOP
        return self.fail(alone)

    def fail(self, item):
        return 1 / 0

def serve():
    session = CACHE["key"] = Session()
    extra = Session()
    return session.handle()

serve()
"""
IMPORT = "import holdfast.debugger"
BEFORE_311 = sys.version_info < (3, 11)
ROOT = pathlib.Path(__file__).parents[2]


class Prompt:
    """A program that stops, in a folder that is its home as well."""

    def __init__(self, folder):
        self.folder = folder
        package = os.path.dirname(os.path.dirname(holdfast.__file__))
        paths = os.pathsep.join([package, os.environ["PYTHONPATH"]])
        self.environment = {**os.environ, "PYTHONPATH": paths, "HOME": str(folder), "TERM": "xterm"}

    def write(self, stop):
        (self.folder / "shop.py").write_text(PROGRAM.replace("STOP", stop))

    def answers(self, commands, *words, prompt="(Pdb) ", stop="breakpoint()"):
        """What is printed after each command."""
        self.write(stop)
        done = subprocess.run([sys.executable, *words, "shop.py"], cwd=self.folder, env=self.environment, text=True,
                              input="\n".join([*commands, "q", "y", ""]), capture_output=True, timeout=120)
        parts = done.stdout.split(prompt)
        assert len(parts) > len(commands), done.stdout + done.stderr
        return parts[1:len(commands) + 1]


@pytest.fixture
def prompt(tmp_path):
    return Prompt(tmp_path)


def rows_of(answer):
    """The first words of the rows of a tree of referrers."""
    lines = answer.strip().splitlines()[3:]
    return [re.split(r"\s{2,}", line.strip())[0] for line in lines]


def is_held_by_alone(answer):
    """Nothing but the variable: before 3.11 the object of a frame holds it, and is shown as well."""
    rows = rows_of(answer)
    assert rows[0].endswith("handle() local 'alone'"), answer
    return "native code" not in rows and (BEFORE_311 or len(rows) == 1)


def test_breakpoint_and_why(prompt):
    prompt.environment["PYTHONBREAKPOINT"] = "holdfast.debugger.set_trace"
    why, = prompt.answers(["why self"])
    assert "of type __main__.Session" in why
    assert "\n  = sys.modules['__main__'].CACHE['key']\n" in why


def test_variables_of_a_function(prompt):
    """The debugger holds its frame, a copy of its variables and the last value; none of these is told."""
    answers = prompt.answers([IMPORT, "why alone", "referrers alone", "alone", "referrers alone", "p alone",
                              "referrers alone", "up", "why extra", "referrers extra"])
    assert "Session.handle() at " in answers[1] or "handle() at " in answers[1]
    assert re.search(r"^    alone +list", answers[1], re.MULTILINE)
    assert all(is_held_by_alone(answers[i]) for i in (2, 4, 6)), answers
    assert re.search(r"^    extra +__main__.Session", answers[8], re.MULTILINE)
    assert rows_of(answers[9])[0] == "serve() local 'extra'"
    assert BEFORE_311 or len(rows_of(answers[9])) == 1


def test_the_debugger_is_nowhere_in_the_heap(prompt):
    commands = [IMPORT, "!from holdfast.debugger import _snapshot", "!rows = _snapshot([]).types().rows",
                "p [row.name for row in rows if row.name.partition('.')[0] in ('pdb', 'bdb', 'cmd', 'holdfast')]",
                "p len(rows) > 50"]
    assert [answer.strip() for answer in prompt.answers(commands)[3:]] == ["[]", "True"]


def test_more_paths(prompt):
    """The hint is what one types here; the function's is in the words of Python."""
    answers = prompt.answers([IMPORT, "!CACHE['other'] = self", "why CACHE['key']", "why CACHE['key'], 2",
                              "why (1, 2)", "why self , 0", "holdfast.debugger.why(self)",
                              "holdfast.debugger.why(self, paths=3)"])
    hint, = re.findall(r"^\d+ other owners? holds? it too: see (.*)$", answers[2], re.MULTILINE)
    assert re.fullmatch(r"why CACHE\['key'\], [2-9]", hint)
    assert "path 1 of 2" in answers[3] and "path 2 of 2" in answers[3]
    assert "of type tuple" in answers[4] and "from 1" in answers[5]
    assert re.search(r"it too: see paths=[2-9]$", answers[6].strip()) and "path 2 of " in answers[7]


# What is typed wrongly, and what the line that answers says of it.
WRONG = {
    "graph self > x.gif": "cannot tell the format of 'x.gif': end its name in .svg, .png, .pdf or .dot",
    "graph self > ./x": "cannot tell the format of './x': end its name in .svg, .png, .pdf or .dot",
    "graph self > no/x.svg": "[Errno 2] No such file or directory: 'no/x.svg'",
    "graph self >": "graph takes the name of a file behind the >; see help graph",
    "graph self, 3": "graph takes an expression (a tuple goes in parentheses); see help graph",
    "graph": "graph takes an expression; see help graph",
    "graph self.nothing > x.svg": "AttributeError: 'Session' object has no attribute 'nothing'",
    "why": "why takes an expression and, behind a comma, a number; see help why",
    "why self, extra": "why takes an expression and, behind a comma, a number (a tuple goes in parentheses); see help why",
    "why self, -1": "why takes an expression and, behind a comma, a number (a tuple goes in parentheses); see help why",
    "why nothing": "NameError: name 'nothing' is not defined",
    "why sys.exit(3)": "SystemExit: 3",
    "why self self": "SyntaxError",
    "referrers": "referrers takes an expression; see help referrers",
    "referrers self, 3": "referrers takes an expression (a tuple goes in parentheses); see help referrers",
    "grew self": "grew takes nothing; see help grew",
}


def test_what_is_typed_wrongly(prompt):
    answers = prompt.answers([IMPORT, *WRONG, "p 'still here'"])
    for typed, said, answer in zip(WRONG, WRONG.values(), answers[1:]):
        assert answer.startswith("*** ") and said in answer and answer.count("\n") == 1, (typed, answer)
    assert "still here" in answers[-1]
    assert not [name for name in os.listdir(prompt.folder) if name.endswith((".gif", ".svg"))]


def test_the_file_of_a_picture(prompt):
    answers = prompt.answers([IMPORT, "graph self>a.svg", "graph CACHE > 'b c.dot'", "graph self > ~/d.dot",
                              "graph [i for i in (1, 2) if i > 1]", "graph (1 > 0) > e.dot"])
    assert [answer.split(":")[0] for answer in answers[1:3]] == ["wrote a.svg", "wrote b c.dot"]
    assert all((prompt.folder / name).exists() for name in ("a.svg", "b c.dot", "d.dot", "e.dot"))
    assert "holds this object of type list" in answers[4]


def test_what_nobody_holds(prompt):
    answers = prompt.answers([IMPORT, "why [7, 8, 9]", "why Session()", "graph Session()"])
    assert all("nothing but the debugger, and what was typed, holds this object" in answer for answer in answers[1:])


def test_what_was_assigned_at_the_prompt_stays(prompt):
    answers = prompt.answers([IMPORT, "!alone = [5]", "why alone", "p alone"])
    assert answers[3].strip() == "[5]"


def test_the_value_of_the_prompt(prompt):
    """A value that builtins._ has is given back, and is not told; a function of gettext is told."""
    answers = prompt.answers([IMPORT, "!import builtins", "!builtins._ = alone", "referrers alone", "p builtins._",
                              "!builtins._ = print", "!CACHE['x'] = alone", "why CACHE", "p builtins._ is print"])
    assert is_held_by_alone(answers[3]) and answers[4].strip() == "[1, 2, 3]"
    assert answers[8].strip() == "True"


def test_grew(prompt):
    answers = prompt.answers([IMPORT, "grew", "!CACHE['more'] = [Session() for i in range(5)]", "grew", "grew"])
    assert "the next `grew`" in answers[1]
    assert re.search(r"\+5 +\d+ .*__main__.Session", answers[3]) and "__main__.CACHE[*]" in answers[3]
    assert "Session" not in answers[4]


def test_graph(prompt):
    answers = prompt.answers([IMPORT, "graph self > session.svg", "graph self", "graph self > session.dot",
                              "graph 1 > 0"])
    assert answers[1].startswith("wrote session.svg: ")
    assert "CACHE" in (prompt.folder / "session.svg").read_text()
    path = re.search(r"wrote (\S+graph.svg): ", answers[2]).group(1)
    assert os.path.exists(path)
    shutil.rmtree(os.path.dirname(path))
    assert "pdb" not in (prompt.folder / "session.dot").read_text().lower()
    assert "wrote " in answers[4]


def test_wrong_use(prompt):
    answers = prompt.answers([IMPORT, "why", "referrers no_such_name", "graph self > no/such/folder.dot", "help why",
                              "why 1 +"])
    assert "why takes an expression" in answers[1]
    assert "NameError" in answers[2] and "No such file" in answers[3]
    assert "What keeps the value alive" in answers[4] and "SyntaxError" in answers[5]


def test_post_mortem_of_a_script(prompt):
    answers = prompt.answers(["c", IMPORT, "why item", "up", "referrers alone", "why self"], "-m", "pdb", stop="pass")
    assert "exception being handled" in answers[2] and ".__traceback__" in answers[2]
    assert not {"native code", "dict", "list"} & {row.strip("<>") for row in rows_of(answers[4])}
    assert all(re.match(r"local |\.f_back|\.tb_", row) for row in rows_of(answers[4])), answers
    assert "= sys.modules['__main__'].CACHE['key']" in answers[5]


def test_post_mortem_of_an_exception(prompt):
    """Where only the debugger holds the traceback, nothing is said to hold what is in it."""
    (prompt.folder / "mortem.py").write_text("""
import pdb, sys, holdfast.debugger
def fail():
    mine = [1]
    return 1 / 0
try:
    fail()
except ZeroDivisionError as error:
    kept = error
pdb.post_mortem(kept.__traceback__)
del kept
""")
    done = subprocess.run([sys.executable, "mortem.py"], cwd=prompt.folder, env=prompt.environment, text=True,
                          input="why mine\n!sys.modules['__main__'].__dict__.pop('kept') and None\nwhy mine\nq\n",
                          capture_output=True, timeout=120)
    answers = done.stdout.split("(Pdb) ")
    assert ".kept" in answers[1] and "local 'mine'" in answers[1]
    assert "nothing but the debugger" in answers[3], answers


def test_the_file_for_pdbrc(prompt):
    shutil.copy(ROOT / "samples" / "debugger" / "pdbrc", prompt.folder / ".pdbrc")
    answers = prompt.answers(["why self", "me", "held alone", "p 'holdfast' in globals() or 'holdfast' in locals()"])
    assert "CACHE['key']" in answers[0] and "CACHE['key']" in answers[1] and " alone " in answers[2]
    assert answers[3].strip() == "False"


@pytest.mark.skipif(sys.version_info < (3, 14), reason="python -m pdb -p PID is of 3.14")
def test_a_running_process(prompt):
    prompt.write("import time; print('ready', flush=True); [time.sleep(0.02) for _ in range(5000)]")
    service = subprocess.Popen([sys.executable, "shop.py"], cwd=prompt.folder, env=prompt.environment, text=True,
                               stdout=subprocess.PIPE)
    try:
        assert service.stdout.readline() == "ready\n"
        commands = [IMPORT, "why self", "referrers alone", "alone", "referrers alone", "q"]
        done = subprocess.run([sys.executable, "-m", "pdb", "-p", str(service.pid)], env=prompt.environment, text=True,
                              input="\n".join([*commands, ""]), capture_output=True, timeout=120)
    finally:
        service.kill()
        service.communicate()
    answers = done.stdout.split("(Pdb) ")[1:]
    assert "CACHE['key']" in answers[1], done.stdout + done.stderr
    assert is_held_by_alone(answers[2]) and is_held_by_alone(answers[4])


def test_ipdb(prompt):
    pytest.importorskip("ipdb")
    answers = prompt.answers([IMPORT, "why self", "referrers alone", "alone", "referrers alone"], prompt="ipdb> ",
                             stop="import ipdb; ipdb.set_trace()")
    assert "CACHE['key']" in answers[1]
    assert is_held_by_alone(answers[2]) and is_held_by_alone(answers[4])


def read_screen(descriptor, wanted, seconds=60):
    """What a full-screen program writes until `wanted` is on the screen, without the codes of the terminal."""
    text, deadline = "", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([descriptor], [], [], 0.1)[0]:
            text += os.read(descriptor, 65536).decode(errors="replace")
            shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", " ", text)
            if re.search(wanted, shown):
                return shown
    raise AssertionError(f"{wanted} was not shown in: {text[-2000:]}")


def test_pudb(prompt):
    """Its command line takes Python: the functions are the commands."""
    pytest.importorskip("pudb")
    prompt.write("import pudb; pudb.set_trace()")
    config = prompt.folder / ".config" / "pudb"
    config.mkdir(parents=True)
    (config / "pudb.cfg").write_text("[pudb]\nseen_welcome = z\nline_numbers = False\n")
    environment = {**prompt.environment, "COLUMNS": "200", "LINES": "60"}
    environment.pop("XDG_CONFIG_HOME", None)
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(prompt.folder)
        os.execve("/bin/sh", ["sh", "-c", f"stty rows 60 cols 200; exec {sys.executable} shop.py"], environment)
    try:
        read_screen(descriptor, r"Command line")
        os.write(descriptor, b"\x18")
        os.write(descriptor, b"import holdfast.debugger as hd\r")
        os.write(descriptor, b"hd.referrers(alone)\r")
        shown = read_screen(descriptor, r"held by 1 reference")
        assert "local 'alone'" in shown or read_screen(descriptor, r"handle\(\) local")
        os.write(descriptor, b"hd.why(self)\r")
        read_screen(descriptor, r"= sys\.modules\['__main__'\]\.CACHE\['key'\]")
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(descriptor)


def test_hidden_modules_and_objects():
    """What snapshot() can leave out: the modules of a tool by name, single objects, and all that only they hold."""
    module = type(sys)("test_tool")
    exec("class Tool: pass\ntool = Tool()\ntool.own = ['only the tool has this']\n", module.__dict__)
    module.Tool.__module__ = "test_tool"
    sys.modules["test_tool"] = module
    shared, asked = [object()], [object()]
    module.shared = shared
    holder = [asked]
    try:
        own = module.tool.own
        seen = holdfast.snapshot()
        assert "test_tool.Tool" in {row.name for row in seen.types()} and seen.why(module.tool)
        snap = holdfast.snapshot(hidden_modules="test_tool", hidden_objects=[holder])
        assert "test_tool.Tool" not in {row.name for row in snap.types()}
        for hidden in (module, module.tool, holder):
            with pytest.raises(LookupError):
                snap.find(hidden)
        assert snap.find(own) and "test_tool" not in str(snap.referrers(shared))
        assert "[0]" not in str(snap.referrers(asked)) and "[0]" in str(seen.referrers(asked))
    finally:
        del sys.modules["test_tool"]
    for wrong in ({"hidden_modules": 5}, {"hidden_modules": [5]}, {"hidden_objects": 5}):
        with pytest.raises(TypeError):
            holdfast.snapshot(**wrong)
