"""What a test that leaks says: at most twenty lines, and two files to look further."""
import os

from holdfast import _core
from holdfast._text import change_text, clean, size_change_text, table_text

MAX_LINES = 20
MAX_ROWS = 4


def report(leaks, headline, folder=None):
    """The text for leaks that were found. The snapshot and the picture go into the folder, if there is one."""
    snapshot = _core.snapshot()
    why = _why(snapshot, leaks)
    files = _keep(snapshot, why, folder) if folder else ["holdfast.assert_no_growth(..., folder='leaks') keeps the "
                                                         "snapshot and a picture"]
    table = _table(leaks)
    lines = [headline, *table, *_path(why, MAX_LINES - 1 - len(table) - len(files)), *files]
    return "\n".join(lines)


def _table(leaks):
    rows = [("per round", "size", "what")]
    for leak in leaks[:MAX_ROWS]:
        steps, text = len(leak.steps), leak.name
        may = f", may by {leak.limit}" if leak.limit else ""
        if leak.place and leak.place.type == leak.name:
            text = leak.place.where
        count = change_text(round(sum(leak.steps) / steps, 1)) if leak.is_counted else "0"
        rows.append((count, size_change_text(int(leak.bytes_growth / steps)), text + may))
        rows += [("", "", f"  {line.strip()}") for line in _container(leak.place)]
    lines = table_text(rows, right=(0, 1), indent="  ").splitlines()
    if len(leaks) > MAX_ROWS:
        lines.append(f"  and {len(leaks) - MAX_ROWS} more")
    return lines


def _container(place):
    return list(place._lines())[-1:] if place and place.container and place.length_then != place.length_now else []


def _why(snapshot, leaks):
    """Who holds the first of them that something holds still, as a Why; None: nobody does any more."""
    for leak in leaks:
        selector = f"{leak.place.example_addr:#x}" if leak.place else leak.name
        try:
            why = snapshot.why(selector=selector)
        except (LookupError, ValueError):
            continue
        if why:
            return why
    return None


def _path(why, max_lines):
    if why is None:
        return ["  nothing holds it any more"]
    lines = str(why.path).splitlines()
    if len(lines) > max_lines:
        left_out = len(lines) - max_lines + 1
        head = max(2, max_lines // 3)
        lines[head:head + left_out] = [f"    ... {left_out} references"]
    return lines


def _keep(snapshot, why, folder):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "leak.hfs")
    snapshot.save(path)
    if why is None:
        return [f"  snapshot  {clean(path)}"]
    selector = f"{why.path.hops[-1].addr:#x}"
    picture = snapshot.graph(selector=selector)
    drawn = os.path.join(folder, "leak.svg")
    try:
        picture.save(drawn)
    except (NotImplementedError, RuntimeError):        # no Graphviz, or it failed: its input is left then
        drawn = os.path.join(folder, "leak.dot")
        picture.save(drawn)
    return [f"  picture   {clean(drawn)}", f"  snapshot  {clean(path)} (holdfast why leak.hfs {selector})"]
