"""mypy knows the package: the stub is what the module has, and a program that uses it wrongly is told so."""
import os
import re
import subprocess
import sys

PACKAGE = os.environ["PYTHONPATH"].split(os.pathsep)[0]

PROGRAM = """
import holdfast
from holdfast.results import Why

snap = holdfast.snapshot(method="walk")
why: Why = snap.why(snap, paths=2)
reveal_type(why.path.hops[0].size_bytes)
for row in snap.types(sort="retained"):
    reveal_type(row.retained_bytes)
reveal_type(holdfast.diff(snap, "old.hfs").places)
reveal_type(holdfast.diff(snap, "old.hfs", by="site").rows)
reveal_type([suspect.path for suspect in snap.suspects()])
reveal_type(snap.graph(snap).render())
snap.graph(snap, direction="up")
holdfast.load(7)
snap.whatif()
snap.info().size
"""

WANTED = """
note: Revealed type is "builtins.int"
note: Revealed type is "Union[builtins.int, None]"
note: Revealed type is "builtins.tuple[holdfast.results.growth.GrowthPlace, ...]"
note: Revealed type is "builtins.tuple[holdfast.results.sites.SiteGrowthRow, ...]"
note: Revealed type is "builtins.list[Union[holdfast.results.path.Path, None]]"
note: Revealed type is "builtins.bytes"
error: Argument "direction" to "graph" of "Snapshot" has incompatible type
error: Argument 1 to "load" has incompatible type "int"
error: Missing positional argument "cut" in call to "whatif" of "Snapshot"
error: "Info" has no attribute "size"
"""


def mypy(folder, *words):
    environment = {**os.environ, "PYTHONPATH": PACKAGE, "MYPYPATH": PACKAGE, "MYPY_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run([sys.executable, "-m", *words], text=True, capture_output=True, timeout=300, cwd=folder,
                          env=environment)
    return done.returncode, done.stdout + done.stderr


def test_the_stub_is_what_the_module_has(tmp_path):
    code, out = mypy(tmp_path, "mypy.stubtest", "holdfast._core")
    assert code == 0, out


def test_a_strict_program_sees_the_types(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    code, out = mypy(tmp_path, "mypy", "--strict", "--follow-imports=silent", "program.py")
    rows = [re.sub(r"^program\.py:\d+: ", "", line) for line in out.splitlines()[:-1]]
    wanted = WANTED.strip().splitlines()
    assert code == 1 and len(rows) == len(wanted), out
    for row, start in zip(rows, wanted):
        assert row.startswith(start), out
