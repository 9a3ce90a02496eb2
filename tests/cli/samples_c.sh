# The samples in C, which see the public headers alone: one opens a snapshot, one embeds Python and captures itself.
set -- $SAMPLE_BIN
"$1" shop.hfs
"$1" missing.hfs
"$1"
ASAN_OPTIONS=detect_leaks=0 "$2" | sed 's/DONE\[[0-9]*\]/DONE[N]/'
