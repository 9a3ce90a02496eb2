"""Texts for people, as the command writes them: sizes, counts, shares, columns."""


def count_text(count):
    return f"{count:,}"


def size_text(size_bytes):
    if size_bytes < 1024:
        return f"{size_bytes} B"
    value = size_bytes / 1024
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        if value < 1023.95:
            break
        value /= 1024
    return f"{value:.1f} {unit}"


def share_text(part, whole):
    """100 % and 0 % only where that is exact."""
    if whole == 0:
        return "-"
    percent = 100 * part / whole
    digits = 0 if part in (0, whole) else 3 if percent >= 99.95 or percent < 0.05 else 1
    return f"{percent:.{digits}f} %"


def table_text(rows, right=(), indent="", max_width=70):
    """Rows of cells in columns two blanks apart; the columns in `right` are flush right, wide cells are cut."""
    rows = [[_printable(cell, max_width) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join(_line(row, widths, right, indent) for row in rows)


def _line(row, widths, right, indent):
    cells = (cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths)))
    return (indent + "  ".join(cells)).rstrip()


def _printable(text, max_width):
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= max_width else text[:max_width - 1] + "…"
