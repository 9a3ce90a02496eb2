# The sample that `make demo` shows: its leak is found, and the path names the attribute at fault.
PYTHONPATH=$SAMPLES/shop holdfast run -o out.hfs -m shop 50 2>stderr
cut -d'(' -f1 stderr
holdfast types out.hfs 'shop.*' --sort count | awk '{ print $1, $NF }' | head -n 3
holdfast why out.hfs Session | tail -n 1 | sed 's/  */ /g'
holdfast why out.hfs Session --avoid Cache | tail -n 1
