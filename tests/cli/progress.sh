# A line of progress on a terminal, for work over half a second; it is gone when the answer comes. The clock runs fast.
"$MAKE_FIXTURE" large large.hfs
show() {
    script -qec "stty cols $1; $2" /dev/null </dev/null | sed 's/\x1b\[K/<clear>/g; s/\r/<return>/g; s/<return>$//'
}
slow="LD_PRELOAD=\"$HF_TEST_PRELOAD $FAST_CLOCK\" HOLDFAST_NO_CACHE=1 holdfast"
# Phase, share and objects per second; how many lines there are depends on how often the clock is read.
show 100 "$slow types large.hfs --limit 1 --color never --no-pager" >shown
grep -c '<clear>opening *[0-9]* %, [0-9.]*\( [kMG]\)* objects/s' shown | sed 's/^[1-9].*/shown/'
sed 's/.*<clear>//' shown
# Never wider than the terminal, and nothing of it where stderr is none.
show 12 "$slow types large.hfs --limit 1 --color never --no-pager" >shown
tr '<' '\n' <shown | grep -c 'clear>opening .*…$' | sed 's/^[1-9].*/cut/'
show 100 "$slow types large.hfs --limit 1 --no-pager 2>errors | cat"
cat errors
# Quick work has none.
show 100 "HOLDFAST_NO_CACHE=1 holdfast types shop.hfs --limit 1 --color never --no-pager" >shown
grep -q clear shown || echo none
