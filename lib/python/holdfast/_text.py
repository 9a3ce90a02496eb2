"""Texts for people, as the command writes them: sizes, counts, shares, columns."""
from unicodedata import combining, east_asian_width


class Number(str):
    """A number in words, that knows what it was."""
    __slots__ = ("value",)

    def __new__(cls, text, value):
        self = str.__new__(cls, text)
        self.value = value
        return self


def count_text(count):
    return Number(f"{count:,}", count)


def size_text(size_bytes):
    return Number(_size_words(size_bytes), size_bytes)


def _size_words(size_bytes):
    if size_bytes < 1024:
        return f"{size_bytes:,} B"
    value = size_bytes / 1024
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if value < 1023.95 or unit == "EiB":
            return f"{value:.1f} {unit}"
        value /= 1024


def things_text(count, singular):
    """"1 object", "1,210 objects"."""
    return f"{count_text(count)} {singular}{'' if count == 1 else 's'}"


def change_text(count):
    """With a sign: "+1,210", "-3"; "0" has none. One digit behind the point where that is not exact."""
    text = "0" if count == 0 else f"{int(count):+,}" if count == int(count) else f"{count:+,.1f}"
    return Number(text, count)


def size_change_text(size_bytes):
    sign = "" if size_bytes == 0 else "-" if size_bytes < 0 else "+"
    return Number(sign + _size_words(abs(size_bytes)), size_bytes)


def share_text(part, whole):
    """100 % and 0 % only where that is exact."""
    if whole == 0:
        return "-"
    percent = 100 * part / whole
    digits = 0 if part in (0, whole) else 3 if percent >= 99.95 else 1
    return Number("<0.1 %" if part > 0 and percent < 0.05 else f"{percent:.{digits}f} %", percent)


def table_text(rows, right=(), indent=""):
    """Rows of cells in columns two blanks apart; the columns in `right` are flush right, a str is a line as it is."""
    rows = [row if isinstance(row, str) else [clean(cell) for cell in row] for row in rows]
    columns = zip(*(row for row in rows if not isinstance(row, str)))
    widths = [max(map(width_of, column)) for column in columns]
    return "\n".join(indent + (clean(row) if isinstance(row, str) else _line(row, widths, right)) for row in rows)


def _line(row, widths, right):
    blanks = [" " * (width - width_of(cell)) for cell, width in zip(row, widths)]
    cells = (blank + cell if i in right else cell + blank for i, (cell, blank) in enumerate(zip(row, blanks)))
    return "  ".join(cells).rstrip()


def wrapped_text(text, indent, width):
    """A paragraph in lines of at most `width` columns that start with `indent` blanks."""
    lines = [[]]
    for word in clean(text).split(" "):
        if lines[-1] and indent + width_of(" ".join([*lines[-1], word])) > width:
            lines.append([])
        if word:
            lines[-1].append(word)
    return "\n".join(" " * indent + " ".join(line) for line in lines)


def width_of(text):
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def clean(text):
    """What a stranger's process calls its things must not reach the terminal as a control character."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(c):
    return "".join(f"\\x{byte:02x}" for byte in c.encode("utf-8", "surrogatepass"))
