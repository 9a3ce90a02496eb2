# Each ending gives its own format; graphics differ from one Graphviz to the next, so only their beginnings are compared.
try graph shop.hfs Session -o leak.svg
try graph shop.hfs Session -o leak.png --limit 5
try graph shop.hfs Session -o leak.pdf
try graph shop.hfs Session -o leak.dot --limit 1001
grep -c '<svg' leak.svg
head -c 4 leak.png | tail -c 3
echo
head -c 4 leak.pdf
echo
ls
