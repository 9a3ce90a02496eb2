"""Random graphs of living objects: shortest paths, their expressions, and what is cut off, against a naive search."""
import json
import pathlib
import subprocess
import sys


def test_paths_and_reach(tmp_path):
    seeds = [str(seed) for seed in range(6)]
    done = subprocess.run([sys.executable, "-m", "oracle.live", str(tmp_path / "heap.hfs"), *seeds], text=True,
                          stdout=subprocess.PIPE, cwd=pathlib.Path(__file__).parent, timeout=300)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["differences"] == []
    assert report["held"] > 500 and report["free"] > 100 and report["paths"] > report["held"] + 100
    assert report["unreachable"] > 1000
