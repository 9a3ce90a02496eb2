"""A heap in a process of its own, looked at with gc.get_referents and with holdfast: what differs, as JSON.

    python -m oracle.examine real|library|zoo walk|copy FOLDER
"""
import bisect
import collections
import importlib
import json
import os
import sys

from oracle import extras, plain
from oracle.twin import Twin, has_python_sizeof

MAX_TOLD = 20


def make_real():
    """What a web service has imported."""
    import django
    from django.conf import settings
    apps = ("admin", "auth", "contenttypes", "messages", "sessions")
    settings.configure(SECRET_KEY="a", INSTALLED_APPS=[f"django.contrib.{app}" for app in apps])
    django.setup()
    import numpy  # noqa: F401
    import sqlalchemy.orm  # noqa: F401


def make_library():
    """Much of the standard library."""
    for name in ("asyncio", "concurrent.futures", "configparser", "csv", "ctypes", "curses", "decimal", "difflib",
                 "doctest", "email.message", "fractions", "html.parser", "http.client", "http.server", "inspect",
                 "ipaddress", "json", "logging.config", "mailbox", "multiprocessing", "optparse", "pdb", "pickletools",
                 "plistlib", "pstats", "pydoc", "shelve", "smtplib", "sqlite3", "ssl", "statistics", "tarfile",
                 "tempfile", "tracemalloc", "unittest.mock", "urllib.request", "uuid", "wsgiref.simple_server",
                 "xml.dom.minidom", "xml.etree.ElementTree", "xml.sax", "zipfile"):
        importlib.import_module(name)


def make_zoo():
    """One living owner for each kind of reference."""
    from oracle import zoo
    zoo.make()


class Told(list):
    """Differences: all are counted, the first ones told."""

    def __init__(self):
        self.count = 0

    def add(self, text):
        self.count += 1
        if len(self) < MAX_TOLD:
            self.append(text)


class Examination:
    def __init__(self, method, folder):
        self.twin = Twin()        # before holdfast comes: nothing in it is holdfast's
        import holdfast
        path = os.path.join(folder, "heap.hfs")
        self.targets, self.starts = self.twin.referents()
        self.sizes = self.twin.sizes()
        self.tracked_before = self.twin.tracked()
        snapshot = holdfast.snapshot(method=method)
        snapshot.save(path, plain=True)
        self.plain = plain.Plain(path)
        self.known = set(self.twin.ids)
        later, later_starts = self.twin.referents()
        self.later_sizes = self.twin.sizes()
        self.changed = {i for i in range(len(self.twin))
                        if self.row(i) != later[later_starts[i]:later_starts[i + 1]]}
        self.node = [self.plain.node_of.get(address) for address in self.twin.ids]

    def row(self, i):
        return self.targets[self.starts[i]:self.starts[i + 1]]

    def describe(self, i):
        return f"{type(self.twin.objects[i])} at {self.twin.ids[i]:#x}"

    def edges_of(self, i):
        return [edge._replace(target=self.plain.addr[edge.target]) for edge in self.plain.edges(self.node[i])]

    def present(self):
        """The objects that a snapshot has, and that refer to the same objects as before it."""
        return (i for i in range(len(self.twin)) if self.node[i] is not None and i not in self.changed)

    def missing(self):
        told = Told()
        for i, node in enumerate(self.node):
            if node is None:
                told.add(self.describe(i))
        return told

    def edges(self):
        """Every reference of tp_traverse is an edge, once; every other edge has the name of an extra one."""
        told, compared = Told(), 0
        for i in self.present():
            edges = self.edges_of(i)
            if not self.plain.node_flags[self.node[i]] & plain.GC:
                self.without_traverse(i, edges, told)
                continue
            expected = collections.Counter(self.row(i))
            found = collections.Counter(edge.target for edge in edges if not edge.extra)
            compared += len(edges)
            lost = [target for target in expected - found if target in self.known or target in self.plain.node_of]
            if lost or found - expected:
                surplus = [edge for edge in edges if edge.target in found - expected and not edge.extra]
                told.add(f"{self.describe(i)} lacks {len(lost)} and has {surplus[:3]} too many")
        return told, compared

    def without_traverse(self, i, edges, told):
        """An object that the collector does not know: an edge that is not extra is an attribute that Python shows."""
        owner = self.twin.objects[i]
        for edge in edges:
            if not edge.extra and not (edge.kind == "attribute" and id(getattr(owner, edge.text)) == edge.target):
                told.add(f"{self.describe(i)} has {edge}")

    def extras(self):
        """Extra references are those that Python shows in other ways, and nothing else."""
        told, compared = Told(), collections.Counter()
        for i in self.present():
            found = collections.defaultdict(list)
            for edge in self.edges_of(i):
                if edge.extra:
                    found[edge.kind, edge.text].append(edge.target)
            for name, targets in found.items():
                compared["/".join(name)] += len(targets)
                shown = extras.SHOWN.get(name, "unknown")
                if shown == "unknown":
                    told.add(f"{self.describe(i)} has an extra reference {name}")
                elif shown is not None and self.visible(shown(self.twin.objects[i])) != sorted(targets):
                    told.add(f"{self.describe(i)} has other targets as {name}")
        return told, compared

    def visible(self, objects):
        """The addresses of objects, in order, without those that came with holdfast and that it hides."""
        return sorted(id(thing) for thing in objects if id(thing) in self.known or id(thing) in self.plain.node_of)

    def counts(self):
        """No object has more references than it counts. Immortal owners borrow: frozen code does not count None."""
        snapshot, told = self.plain, Told()
        in_degree = collections.Counter()
        for node in range(len(snapshot)):
            if not snapshot.node_flags[node] & plain.IMMORTAL:
                in_degree.update(snapshot.targets(node))
        for node, degree in in_degree.items():
            if degree > snapshot.node_refcount[node] and not snapshot.node_flags[node] & plain.IMMORTAL:
                told.add(f"{snapshot.type_of(node)} at {snapshot.addr[node]:#x} counts {snapshot.node_refcount[node]} "
                         f"references and has {degree}")
        return told

    def shallow_sizes(self):
        told, compared = Told(), 0
        for i, node in enumerate(self.node):
            if node is None or self.sizes[i] != self.later_sizes[i]:
                continue
            in_python = has_python_sizeof(type(self.twin.objects[i]))
            if in_python != bool(self.plain.node_flags[node] & plain.SIZE_BASIC):
                told.add(f"{self.describe(i)}: a mark for __sizeof__ in Python is {not in_python}")
            if in_python:
                continue
            compared += 1
            if self.plain.size[node] != self.sizes[i]:
                told.add(f"{self.describe(i)} has {self.sizes[i]} bytes, not {self.plain.size[node]}")
        return told, compared

    def tracked(self):
        told = Told()
        tracked = self.tracked_before
        for i in self.present():
            if bool(self.plain.node_flags[self.node[i]] & plain.TRACKED) != bool(tracked[i]):
                told.add(self.describe(i))
        return told

    def names(self):
        """Edges without a name, by type of the owner."""
        snapshot, unnamed = self.plain, collections.Counter()
        nameless = [kind == "none" for kind, _, _ in snapshot.name]
        for edge, name in enumerate(snapshot.edge_name):
            if nameless[name]:
                unnamed[snapshot.type_of(bisect.bisect_right(snapshot.row, edge) - 1)] += 1
        return unnamed


def main():
    which, method, folder = sys.argv[1:]
    globals()["make_" + which]()
    found = Examination(method, folder)
    edges, num_edges = found.edges()
    extra, num_extra = found.extras()
    sizes, num_sizes = found.shallow_sizes()
    report = {"objects": len(found.twin), "nodes": len(found.plain), "changed": len(found.changed),
              "missing": found.missing(), "edges": edges, "num_edges": num_edges, "extras": extra,
              "num_extras": num_extra, "counts": found.counts(), "sizes": sizes, "num_sizes": num_sizes,
              "tracked": found.tracked(), "unnamed": found.names(), "num_all_edges": len(found.plain.edge_target)}
    if which == "zoo":
        from oracle import zoo
        report["kinds"] = zoo.look(found.plain)
    json.dump(report, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
