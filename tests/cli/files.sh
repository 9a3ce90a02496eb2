# Files that are no snapshots: what is wrong with which file, exit code 4.
mkdir folder
: >empty
echo 'this is a text, not a snapshot of anything at all' >text
head -c 200 shop.hfs >truncated
for command in info types; do
    try "$command" missing.hfs
done
try types folder
try types empty
try types text
try types truncated
try why truncated Session
try graph truncated Session -o leak.svg
ls
# The words of a first try, in the wrong order.
try why Session shop.hfs
