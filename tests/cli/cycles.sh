"$MAKE_FIXTURE" tangle tangle.hfs
try cycles shop.hfs
try cycles tangle.hfs
try cycles tangle.hfs --limit 2
try cycles tangle.hfs Link --bytes
try cycles tangle.hfs --csv
try cycles tangle.hfs --csv --limit 1
