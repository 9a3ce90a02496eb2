"""Snapshots of services at work, those of the benchmark (tests/bench/loads.py): right, and without harm to them."""
import pathlib
import sys

import pytest

import holdfast

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import loads  # noqa: E402

# A selector, how many objects it must find at least, and what the path to them says.
ANSWERS = {
    "django": ("django.contrib.auth.models.User", 0, ""),
    "sqlalchemy and numpy": ("__main__.Row", 1, ""),
    "asyncio server": ("__main__.Session", 100, "SESSIONS["),
    "200 threads": ("__main__.Job", 200, "work()"),
    "interpreters": ("__main__.Inner", 3000, "held["),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_service_at_work(name, tmp_path):
    path = tmp_path / "load.hfs"
    selector, count, words = ANSWERS[name]
    with loads.Running(name) as running:
        for method in ("fork", "stop"):
            before = running.done()
            found = loads.photograph(running.process.pid, path, "--method", method)
            while running.done() <= before:     # it goes on; if not, the test's own limit ends it
                pass
    assert "may be wrong" not in found["notes"]
    assert found["num_exact"] >= 0.98 * found["num_checked"]
    snap = holdfast.load(path, cache=False)
    assert sum(row.count for row in snap.types(selector).rows) >= count
    if words:
        assert words in str(snap.why(selector=selector))
    assert snap.info().num_interpreters == (4 if name == "interpreters" else 1)
