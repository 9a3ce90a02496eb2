"$MAKE_FIXTURE" native-old old.hfs
"$MAKE_FIXTURE" native new.hfs
try native new.hfs --json --limit 1
try native old.hfs new.hfs --json --calls 200
