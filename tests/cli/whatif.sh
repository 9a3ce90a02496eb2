try whatif shop.hfs --cut 'shop.CACHE._shards[*]'
try whatif shop.hfs --cut shop.LAST
try whatif shop.hfs --cut "sys.modules['shop']"
try whatif shop.hfs --cut shop.LAST --cut "shop.CACHE._shards[1][('session', 1)]"
try whatif shop.hfs --cut '#7._shards' --csv
try whatif shop.hfs --cut frame:handle
try whatif shop.hfs --cut frame:handle:session --json
try whatif shop.hfs --cut frame:handle:nothing
try whatif shop.hfs --cut shop.CACHE._shard
try whatif shop.hfs --cut 'shop.CACHE._shards[9]'
try whatif shop.hfs --cut 'shop.CACHE._shards['
try whatif shop.hfs --cut nowhere.x
try whatif shop.hfs
