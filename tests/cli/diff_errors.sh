# Wrong calls, and files that make no series.
"$MAKE_FIXTURE" series series
mkdir empty one two
cp series/shop-00001.hfs one
cp series/shop-00001.hfs two/a-1.hfs
cp series/shop-00001.hfs two/a-b-10.hfs
cp series/shop-00001.hfs two/a.hfs
cp series/shop-00001.hfs two/b.hfs
echo text >two/notes.txt
try diff
try diff shop.hfs
try diff missing
try diff shop.hfs missing.hfs
try diff shop.hfs two/notes.txt
try diff empty
try diff one
try diff two
try diff series shop.hfs
try diff series --fail-if shop
try diff series --fail-if :count\>5
try diff series --fail-if total:objects\>5
try diff series --fail-if total:count\>5K
try diff series --fail-if total:bytes\>5X
try diff series --fail-if total:bytes\>
try diff series --limit 1 --fail-if total:count\>-5
