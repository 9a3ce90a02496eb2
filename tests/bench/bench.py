#!/usr/bin/env python3
"""holdfast in numbers: ratios within one run, against gc.collect() and against objgraph on the same heap.

    bench.py [--parts pause,memory,why,growth,file,retained,objgraph] [--heaps real,1M-neat,1M,5M] [--runs N]

Each workload runs in a process of its own (measure.py) on a heap of its own (heaps.py). README.md says how to read the
tables.
"""
import argparse
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ("pause", "memory", "why", "growth", "file", "retained", "objgraph")
BYTES_OF_NAME = 2    # of each reference, in memory
REAL_RUNS = 5     # times as many runs on the real heap, whose collection takes but some 30 ms


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated, of: " + ", ".join(PARTS))
    parser.add_argument("--heaps", default="real,1M-neat,1M,5M",
                        help="comma-separated: real, or millions of objects as 1M, linked in order as 1M-neat")
    parser.add_argument("--runs", type=int, default=5, help="repetitions of each measurement (default 5)")
    arguments = parser.parse_args()
    arguments.parts = arguments.parts.split(",")
    arguments.heaps = arguments.heaps.split(",")
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"no part '{part}': choose from {', '.join(PARTS)}")
    return arguments


def run(workload, heap, runs):
    runs = runs * REAL_RUNS if heap == "real" else runs
    command = [sys.executable, os.path.join(HERE, "measure.py"), workload, heap, str(runs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: '{workload}' on heap '{heap}' failed with status {done.returncode}")
    return json.loads(done.stdout)


def print_table(title, header, rows):
    table = [header] + rows
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    print(f"\n### {title}\n")
    for i, row in enumerate(table):
        cells = (cell.ljust(width) if j == 0 else cell.rjust(width) for j, (cell, width) in enumerate(zip(row, widths)))
        print("| " + " | ".join(cells) + " |")
        if i == 0:
            print("|" + "|".join("-" * (width + 2) if j == 0 else "-" * (width + 1) + ":"
                                 for j, width in enumerate(widths)) + "|", flush=True)


def seconds(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def ratio(value, base):
    return f"{value / base:.2f} x" if value >= base / 100 else f"{value / base:.4f} x"


def mib(value):
    return f"{value / (1 << 20):.0f} MiB"


def per_object(value, heap):
    return f"{value / heap['objects']:.1f} B"


def bench_pause(heaps, runs):
    rows = []
    for name in heaps:
        found = run("pause", name, runs)
        heap, collect, wall = found["heap"], found["collect"], found["collect_wall"]
        for method in ("copy", "walk"):
            pause, capture = found["pause"][method], found["capture"][method]
            rows.append([f"{name}, {method}", f"{heap['objects']:,}", f"{heap['tracked']:,}",
                         f"{heap['references']:,}", mib(found["resident"]), seconds(wall["min"]),
                         seconds(pause["min"]), ratio(pause["min"], wall["min"]),
                         ratio(pause["median"], wall["median"]), seconds(capture["min"]),
                         ratio(capture["min"], collect["min"])])
    print_table("Pause: snapshot() against gc.collect()",
                ["heap, method", "objects", "tracked", "references", "resident", "collect, s", "pause, s",
                 "pause, best", "pause, median", "snapshot, CPU s", "snapshot, best"], rows)


def bench_memory(heaps, runs):
    rows = []
    for name in heaps:
        found = run("memory", name, runs)
        for values in ("with", "without"):
            memory = found[values]
            rows.append([f"{name}, {values} values", mib(memory["peak"]), per_object(memory["peak"], found["heap"]),
                         per_object(BYTES_OF_NAME * found["heap"]["references"], found["heap"]),
                         per_object(memory["held"], found["heap"]), per_object(memory["own_count"], found["heap"])])
    print_table("Memory of a capture, names included",
                ["heap", "peak", "peak per object", "of that, codes of names", "snapshot per object",
                 "own count per object"], rows)


def why_row(name, tool, found):
    return [name, tool, str(found["hops"]), seconds(found["answer"]["min"]),
            ratio(found["answer"]["min"], found["collect"]["min"]), mib(found["peak"])]


def bench_why(heaps, runs):
    rows = []
    for name in heaps:
        if name != "real" and not name.endswith("-neat"):
            rows.append(why_row(name, "snapshot().why()", run("why", name, runs)))
            rows.append(why_row(name, "objgraph.find_backref_chain()", run("objgraph", name, 2)))
    print_table("Why: from nothing to the retaining path",
                ["heap", "tool", "hops", "best, CPU s", "against gc.collect()", "extra memory"], rows)


def bench_growth(heaps, runs):
    rows = []
    for name in [name for name in heaps if not name.endswith("-neat")]:
        found = run("growth", name, runs)
        for tool in found["tools"]:
            rows.append([name, tool["name"], seconds(tool["cpu"]), ratio(tool["cpu"], found["collect"]),
                         mib(tool["peak"]), tool["says"]])
    print_table("Growth: what grew between two moments, a planted leak of 1,000 objects",
                ["heap", "tool", "CPU s", "against gc.collect()", "extra memory", "names"], rows)


def bench_file(heaps, runs):
    rows = []
    for name in [name for name in heaps if not name.endswith("-neat")]:
        found = run("file", name, runs)
        for form in ("plain", "zstd", "zstd, no values"):
            entry = found[form]
            rows.append([f"{name}, {form}", seconds(entry["save"]), ratio(entry["save"], found["collect"]),
                         seconds(entry["open"]), mib(entry["bytes"]), per_object(entry["bytes"], found["heap"])])
    print_table("File: save and open", ["heap, form", "save, CPU s", "save against gc.collect()", "open, CPU s", "file",
                                        "per object"], rows)


def bench_retained(heaps, runs):
    rows = []
    for name in heaps:
        found = run("retained", name, runs)
        rows.append([name, f"{found['heap']['objects']:,}", seconds(found["collect"]["min"]),
                     seconds(found["dominators"]["min"]), per_ten_million(found["dominators"]["min"], found["heap"]),
                     seconds(found["answer"]["min"]), ratio(found["answer"]["min"], found["collect"]["min"])])
    print_table("Retained sizes: dominators and the union per type; from nothing to retained sizes per type",
                ["heap", "objects", "collect, CPU s", "dominators, CPU s", "per 10 M objects", "snapshot to types, CPU s",
                 "against gc.collect()"], rows)
    rows = []
    for name in [name for name in heaps if name == "real"]:
        found = run("networkx", name, 1)
        rows.append([name, f"{found['nodes']:,}", f"{found['edges']:,}", seconds(found["networkx"]),
                     seconds(found["holdfast"]), ratio(found["networkx"], found["holdfast"])])
    if rows:
        print_table("Dominators against networkx on the same graph",
                    ["heap", "nodes", "references", "networkx, CPU s", "holdfast, CPU s", "networkx against holdfast"],
                    rows)


def bench_objgraph(heaps, runs):
    rows = []
    for name in [name for name in heaps if name != "real" and not name.endswith("-neat")]:
        for row in run("objgraph_functions", name, min(runs, 3))["functions"]:
            rows.append([name, row["function"], seconds(row["objgraph"]), seconds(row["holdfast"]),
                         f"{row['objgraph'] / row['holdfast']:.1f} x", seconds(row["of_that_collect"])])
    print_table("objgraph's functions in holdfast.objgraph",
                ["heap", "function", "objgraph, CPU s", "holdfast, CPU s", "faster", "of both gc.collect(), s"], rows)


def per_ten_million(value, heap):
    return f"{value * 1e7 / heap['objects']:.2f} s"


def output_of(*command):
    try:
        return subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout.strip()
    except OSError:
        return ""


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def print_machine():
    commit = output_of("git", "describe", "--always", "--dirty") or "unknown"
    print(f"Machine: {processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Linux {platform.release()}")
    print(f"Python {platform.python_version()}, holdfast at commit {commit}")


def main():
    arguments = parse_arguments()
    print_machine()
    for part in arguments.parts:
        globals()["bench_" + part](arguments.heaps, arguments.runs)


if __name__ == "__main__":
    main()
