try retained shop.hfs Cache
try retained shop.hfs Session list --limit 2
try retained shop.hfs module:shop --bytes
try retained shop.hfs 'shop.CACHE._shards[1]' --csv
try retained shop.hfs thread:worker-1
try retained shop.hfs Node
try retained shop.hfs Sesion
try retained shop.hfs module:shp
try retained shop.hfs package:shop.cache
try retained shop.hfs thread:worker
