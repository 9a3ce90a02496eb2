# An answer that is longer than the terminal goes through a pager; a shorter one does not, nor does one in a pipe.
show() {
    TERM=xterm script -qec "stty cols 80 rows $1; $2" /dev/null | tr -d '\r' | sed 's/\x1b/ESC/g'
}
export PAGER="sed 's/^/page: /'"
show 7 "holdfast types shop.hfs -n 3"
show 6 "holdfast types shop.hfs -n 4"
show 6 "holdfast types shop.hfs -n 4 --no-pager --color never"
show 6 "holdfast types shop.hfs -n 4 --color never | cat"
show 6 "TERM=dumb holdfast types shop.hfs -n 4"
echo "$ HOLDFAST_PAGER"
export HOLDFAST_PAGER="sed 's/^/own: /'"
show 6 "holdfast types shop.hfs -n 4 --color never"
# What the command says, and its exit code, stay its own.
show 2 "holdfast why shop.hfs shop.tree.Node --color never; echo exit \$?"
for pager in cat '' 'no-such-pager 2>/dev/null'; do
    echo "$ HOLDFAST_PAGER=$pager"
    export HOLDFAST_PAGER="$pager"
    show 6 "holdfast types shop.hfs -n 4 --color never"
done
# less by default, with the flags that git gives it.
unset PAGER HOLDFAST_PAGER LESS
mkdir fake
printf '#!/bin/sh\necho "less, LESS=$LESS LV=$LV"\nhead -n 1\n' >fake/less
chmod +x fake/less
PATH=$PWD/fake:$PATH
show 6 "holdfast types shop.hfs -n 4 --color never"
LESS=S show 6 "holdfast types shop.hfs -n 4 --color never"
# Help is no different, and --no-pager may stand behind it.
show 6 "holdfast completion --help | head -n 1"
show 6 "holdfast completion --help"
show 6 "holdfast completion --help --no-pager" | head -n 2
show 6 "holdfast help completion --no-pager" | head -n 2
