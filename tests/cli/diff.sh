# A series: what grew in every step comes first. Of two snapshots there is no trend.
"$MAKE_FIXTURE" series series
try diff series
try diff series --limit 1
try diff series --limit 4
try diff series --bytes --limit 0
try diff series/shop-00001.hfs series/shop-00002.hfs
try diff series/shop-00002.hfs series/shop-00003.hfs series/shop-00004.hfs
# Nothing grew; all that is different shrank.
try diff shop.hfs shop.hfs
try diff series/shop-00004.hfs series/shop-00001.hfs
