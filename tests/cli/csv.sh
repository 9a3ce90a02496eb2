# CSV as RFC 4180 has it: exact numbers, no sums, and names with whatever is in them.
holdfast types shop.hfs --csv --limit 3 | cat -A
holdfast why shop.hfs Session --paths 2 --csv | cat -A
holdfast types hostile.hfs --csv --limit 0 >types.csv
python3 -c '
import csv
with open("types.csv", newline="", encoding="utf-8") as file:
    rows = list(csv.reader(file, strict=True))
    assert len({len(row) for row in rows}) == 1
    print(*sorted(row[-1] for row in rows), sep="\n")' | cat -A
try types shop.hfs --csv --json
try info shop.hfs --csv
try types shop.hfs zebra --csv
