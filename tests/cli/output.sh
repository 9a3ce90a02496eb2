# An answer that cannot be written is an error; a reader that goes away is none.
holdfast types shop.hfs >/dev/full
echo "exit $?"
holdfast types shop.hfs --json >/dev/full
echo "exit $?"
holdfast types shop.hfs | :
try graph shop.hfs Session -o missing/leak.dot
try graph shop.hfs Session -o /dev/full/leak.dot
