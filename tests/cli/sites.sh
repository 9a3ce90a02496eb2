# Lines at which objects are made: in one snapshot, and over a series.
"$MAKE_FIXTURE" sites sites
try types sites/shop-00004.hfs --by site
try types sites/shop-00004.hfs --by site --limit 1 --sort count
try types sites/shop-00004.hfs --by site --sort name --shallow --bytes
try types sites/shop-00004.hfs '*Session' --by site
try types sites/shop-00004.hfs 'nothing*' --by site
try types sites/shop-00004.hfs --by site --csv
try types sites/shop-00004.hfs --by site --json --limit 1
try diff sites --by site
try diff sites --by site --limit 1
try diff sites --by site --csv
try diff sites/shop-00001.hfs sites/shop-00004.hfs --by site
try diff sites/shop-00004.hfs sites/shop-00001.hfs --by site
try diff sites/shop-00001.hfs sites/shop-00004.hfs --by site --json --limit 1
try why sites/shop-00004.hfs '*Session'
try why sites/shop-00004.hfs '*Session' --shallow
try why sites/shop-00004.hfs '*Session' --json
try show sites/shop-00004.hfs '*Session'
try show sites/shop-00001.hfs str --value 'user-3'
# Where there are none, and what does not go together.
try types shop.hfs --by site
try diff shop.hfs shop.hfs --by site
try diff shop.hfs sites/shop-00001.hfs --by site
try diff sites --by site --fail-if 'total:count>1'
try diff sites/shop-00001.hfs --by site
try run --tracemalloc 65536 app.py
