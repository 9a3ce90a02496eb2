"$MAKE_FIXTURE" native-old old.hfs
"$MAKE_FIXTURE" native new.hfs
try native new.hfs
try native new.hfs --limit 1
try native new.hfs --csv
try native old.hfs new.hfs
try native old.hfs new.hfs --calls 200
try native old.hfs new.hfs --csv --limit 1
# The other way round all of it is gone; the danger stays.
try native new.hfs old.hfs
try native shop.hfs shop.hfs
try native new.hfs --calls 200
try native old.hfs missing.hfs
