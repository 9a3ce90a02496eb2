"""One workload in a process of its own: `measure.py WORKLOAD HEAP RUNS` prints its numbers as JSON.

Times are CPU seconds of this thread and its copies, which other work on the machine disturbs least; the pause is the exception, which
only a wall clock can see. Memory is the rise of the peak resident set (VmHWM) above what was resident before.
"""
import gc
import io
import json
import os
import resource
import statistics
import sys
import tempfile
import time

import heaps

MIB = 1 << 20


def status_bytes(field):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {field} in /proc/self/status")


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def cpu_seconds():
    """Of this thread, and of the copies of this process that have walked for it."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() + children.ru_utime + children.ru_stime


def measured(work):
    """Gives the result of work(), its CPU seconds and its extra peak memory in bytes."""
    reset_peak()
    resident = status_bytes("VmRSS")
    started = cpu_seconds()
    result = work()
    seconds = cpu_seconds() - started
    return result, seconds, max(0, status_bytes("VmHWM") - resident)


def of_runs(values):
    return {"min": min(values), "median": statistics.median(values)}


def describe_heap(snapshot):
    info = snapshot.info()
    return {"objects": info.num_nodes, "references": info.num_edges, "tracked": info.num_tracked}


def measure_pause(heap, runs):
    """Collections and snapshots in turn, so that both see the same state of the machine."""
    import holdfast
    kept = heaps.make_heap(heap)
    collect, collect_wall = [], []
    pause, capture = {"copy": [], "walk": []}, {"copy": [], "walk": []}
    for _ in range(runs):
        wall = time.perf_counter()
        collect.append(measured(gc.collect)[1])
        collect_wall.append(time.perf_counter() - wall)
        for method in pause:
            origin = holdfast.snapshot(method=method).info().origin
            pause[method].append(origin.pause_ns / 1e9)
            capture[method].append(origin.cpu_ns / 1e9)
    return {"heap": describe_heap(holdfast.snapshot()), "resident": status_bytes("VmRSS"),
            "collect": of_runs(collect), "collect_wall": of_runs(collect_wall), "kept": len(kept),
            "pause": {method: of_runs(values) for method, values in pause.items()},
            "capture": {method: of_runs(values) for method, values in capture.items()}}


def measure_memory(heap, runs):
    """Peak of the capture and size of what remains, with and without values."""
    import holdfast
    kept = heaps.make_heap(heap)
    result = {"kept": len(kept)}
    for name, previews in (("with", True), ("without", False)):
        before = status_bytes("VmRSS")
        snapshot, _, peak = measured(lambda: holdfast.snapshot(previews=previews))
        result[name] = {"peak": peak, "held": max(0, status_bytes("VmRSS") - before),
                        "own_count": snapshot.info().origin.capture_bytes}
        result["heap"] = describe_heap(snapshot)
        del snapshot
    return result


def measure_why(heap, runs):
    """From nothing to the retaining path of the end of a leak."""
    import holdfast
    kept = heaps.make_heap(heap)
    target = heaps.make_leak()
    collect, answer, peaks = [], [], []
    for _ in range(runs):
        collect.append(measured(gc.collect)[1])
        why, seconds, peak = measured(lambda: holdfast.snapshot().why(target))
        answer.append(seconds)
        peaks.append(peak)
    return {"heap": describe_heap(holdfast.snapshot()), "collect": of_runs(collect), "answer": of_runs(answer),
            "peak": max(peaks), "hops": len(why.paths[0].hops), "kept": len(kept),
            "expression": why.paths[0].expression}


def measure_objgraph(heap, runs):
    """The same question to objgraph, once: it takes a pass over the heap for every object on the way."""
    import objgraph
    kept = heaps.make_heap(heap)
    target = heaps.make_leak()
    collect = [measured(gc.collect)[1] for _ in range(runs)]
    chain, seconds, peak = measured(lambda: objgraph.find_backref_chain(
        target, objgraph.is_proper_module, max_depth=10 * heaps.LEAK_DEPTH))
    if len(chain) < heaps.LEAK_DEPTH:
        raise RuntimeError("objgraph found no chain")
    return {"collect": of_runs(collect), "answer": {"min": seconds, "median": seconds}, "peak": peak,
            "hops": len(chain), "kept": len(kept)}


def objgraph_functions(leak, bush):
    """Names, and the same call for either module; `state` is a dict that get_new_ids fills."""
    def find(module, target):
        return len(module.find_backref_chain(target, module.is_proper_module, max_depth=10 * heaps.LEAK_DEPTH))

    def draw(module, state):
        text = io.StringIO()
        module.show_backrefs(bush, max_depth=5, output=text)
        return text.tell()

    return [("typestats()", lambda module, state: len(module.typestats())),
            ("get_new_ids()", lambda module, state: len(module.get_new_ids(limit=0, _state=state))),
            ("get_leaking_objects()", lambda module, state: len(module.get_leaking_objects())),
            ("find_backref_chain(), one referrer each", lambda module, state: find(module, leak)),
            ("find_backref_chain(), four each", lambda module, state: find(module, bush)),
            ("show_backrefs(max_depth=5)", draw)]


def measure_objgraph_functions(heap, runs):
    """Each function of objgraph once, and then holdfast's. get_new_ids: the second call, which has what to compare."""
    import objgraph
    from holdfast import objgraph as ours
    kept, leak, bush = heaps.make_heap(heap), heaps.make_leak(), heaps.make_bush(4, 3)
    rows, states = [], {objgraph: {}, ours: {}}
    for name, call in objgraph_functions(leak, bush):
        if name == "get_new_ids()":
            for module, state in states.items():
                call(module, state)
        theirs, seconds, _ = measured(lambda: call(objgraph, states[objgraph]))
        mine = measured(lambda: call(ours, states[ours]))[0]
        if abs(mine - theirs) > 5:
            raise RuntimeError(f"{name} gives {mine}, objgraph {theirs}")
        rows.append({"function": name, "objgraph": seconds,
                     "holdfast": best_of(lambda: call(ours, states[ours]), runs),
                     "of_that_collect": 0 if name == "typestats()" else best_of(gc.collect, 2)})
        states[objgraph].clear(), states[ours].clear()
    return {"functions": rows, "kept": len(kept)}


def grow(leak):
    leak.extend(heaps.Target() for _ in range(1000))


def measure_growth(heap, runs):
    """What grew between two snapshots, in memory and in files, and the same to tools that count types."""
    import holdfast
    kept = heaps.make_heap(heap)
    leak = sys.modules["heaps"].LEAK = []
    collect = best_of(gc.collect, 2)
    before = holdfast.snapshot()
    grow(leak)
    now = holdfast.snapshot()
    growth, cpu, peak = measured(lambda: holdfast.diff(before, now))
    for _ in range(min(runs, 3) - 1):
        cpu = min(cpu, measured(lambda: holdfast.diff(before, now))[1])
    says = f"{growth.places[0].owner}, {growth.places[0].type}"
    tools = [{"name": "diff() of two snapshots", "cpu": cpu, "peak": peak, "says": says}]
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("a.hfs", "b.hfs")]
        for snapshot, path in zip((before, now), paths):
            snapshot.save(path, plain=True)
        del before, now, snapshot
        growth, cpu, peak = measured(lambda: holdfast.diff(*paths))
        tools.append({"name": "diff() of two plain files", "cpu": cpu, "peak": peak, "says": says})
    tools += filter(None, (measure_objgraph_growth(leak), measure_pympler_growth(leak)))
    return {"collect": collect, "tools": tools, "kept": len(kept)}


def measure_objgraph_growth(leak):
    """The second of two calls: the first makes its list."""
    import objgraph
    objgraph.growth()
    grow(leak)
    rows, cpu, peak = measured(lambda: objgraph.growth(limit=1))
    return {"name": "objgraph.growth()", "cpu": cpu, "peak": peak, "says": rows[0][0]}


def measure_pympler_growth(leak):
    """The same; Debian has no package of it, so that it is measured where somebody has installed it."""
    try:
        from pympler import tracker
    except ImportError:
        return None
    summary = tracker.SummaryTracker()
    grow(leak)
    rows, cpu, peak = measured(summary.diff)
    return {"name": "pympler SummaryTracker.diff()", "cpu": cpu, "peak": peak,
            "says": max(rows, key=lambda row: row[2])[0]}


def measure_retained(heap, runs):
    """What objects retain: the dominators alone, and from nothing to the table of types."""
    import holdfast
    kept = heaps.make_heap(heap)
    collect, dominators, answer = [], [], []
    for _ in range(runs):
        collect.append(measured(gc.collect)[1])
        answer.append(measured(lambda: holdfast.snapshot().types(retained=True))[1])
        snapshot = holdfast.snapshot()
        plain = measured(snapshot.types)[1]
        dominators.append(measured(lambda: snapshot.types(retained=True))[1] - plain)
        description = describe_heap(snapshot)
        del snapshot
    return {"heap": description, "collect": of_runs(collect), "dominators": of_runs(dominators),
            "answer": of_runs(answer), "kept": len(kept)}


def measure_networkx(heap, runs):
    """Dominators of one snapshot by networkx and by holdfast."""
    import subprocess
    import holdfast
    import networkx
    kept = heaps.make_heap(heap)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "heap.hfs")
        holdfast.dump(path, plain=True)
        text = subprocess.run([os.environ["PRINT_DOMINATORS"], path], stdout=subprocess.PIPE, text=True,
                              check=True).stdout.splitlines()
        snapshot = holdfast.load(path)
    ends = list(map(int, text[2].split()))
    graph = networkx.DiGraph(zip(ends[::2], ends[1::2]))
    graph.add_edges_from((-1, root) for root in map(int, text[1].split()))
    seconds = measured(lambda: networkx.immediate_dominators(graph, -1))[1]
    return {"nodes": len(snapshot), "edges": len(ends) // 2, "networkx": seconds,
            "holdfast": measured(lambda: snapshot.types(retained=True))[1], "kept": len(kept)}


def best_of(work, runs):
    return min(measured(work)[1] for _ in range(runs))


def measure_file(heap, runs):
    """Save and open, both forms; without values as well."""
    import holdfast
    kept = heaps.make_heap(heap)
    snapshot = holdfast.snapshot()
    result = {"heap": describe_heap(snapshot), "kept": len(kept), "collect": best_of(gc.collect, 2)}
    forms = {"plain": {"plain": True}, "zstd": {}, "zstd, no values": {"previews": False}}
    with tempfile.TemporaryDirectory() as folder:
        for name, options in forms.items():
            path = os.path.join(folder, "heap.hf")
            save = best_of(lambda: snapshot.save(path, **options), min(runs, 2))
            opened = best_of(lambda: holdfast.load(path), runs)
            result[name] = {"save": save, "open": opened, "bytes": os.path.getsize(path)}
    return result


def main():
    workload, heap, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print(json.dumps(globals()["measure_" + workload](heap, runs)), flush=True)
    os._exit(0)     # millions of objects are not worth taking apart


if __name__ == "__main__":
    main()
