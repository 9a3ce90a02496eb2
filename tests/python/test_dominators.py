"""Dominators node by node against those of networkx: random graphs, and the heap of a process with Django."""
import os
import pathlib
import random
import subprocess
import sys

import networkx
import pytest

ROOT = pathlib.Path(__file__).parents[2]
DJANGO = """
import django, holdfast, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"])
django.setup()
holdfast.dump(sys.argv[1], plain=True)
"""


@pytest.fixture(scope="module")
def tool():
    build = pathlib.Path(os.environ["HOLDFAST"]).parent
    path = build / "tests" / "tools" / "print_dominators"
    subprocess.run(["make", "-s", f"BUILD={build}", str(path)], cwd=ROOT, check=True,
                   env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")})
    return path


def expected(num_nodes, roots, edges):
    """What networkx says, with one node above all roots; as the tool prints it."""
    graph = networkx.DiGraph()
    graph.add_nodes_from([-1, *range(num_nodes)])
    graph.add_edges_from(edges)
    graph.add_edges_from((-1, root) for root in roots)
    found = networkx.immediate_dominators(graph, -1)
    return ["-" if node not in found else "top" if found[node] == -1 else str(found[node])
            for node in range(num_nodes)]


def random_graph(numbers):
    num_nodes = numbers.randint(1, 60)
    num_edges = numbers.randint(0, num_nodes * numbers.randint(1, 4))
    edges = [(numbers.randrange(num_nodes), numbers.randrange(num_nodes)) for _ in range(num_edges)]
    return num_nodes, [numbers.randrange(num_nodes) for _ in range(numbers.randint(0, 4))], edges


def test_random_graphs(tool):
    numbers = random.Random(4)
    graphs = [random_graph(numbers) for _ in range(5000)]
    text = "\n".join(" ".join(map(str, [n, len(roots), len(edges), *roots, *(end for edge in edges for end in edge)]))
                     for n, roots, edges in graphs)
    printed = subprocess.run([tool], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    assert len(printed) == len(graphs)
    for line, graph in zip(printed, graphs):
        assert line.split() == expected(*graph), graph


def test_a_real_heap(tool, tmp_path):
    path = tmp_path / "heap.hfs"
    subprocess.run([sys.executable, "-c", DJANGO, path], check=True)
    printed = subprocess.run([tool, path], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    num_nodes, num_roots, num_edges = map(int, printed[0].split())
    ends = list(map(int, printed[2].split()))
    assert num_nodes > 50000 and len(ends) == 2 * num_edges
    assert printed[3].split() == expected(num_nodes, list(map(int, printed[1].split())), zip(ends[::2], ends[1::2]))
