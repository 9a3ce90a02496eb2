try why shop.hfs shop.cache.Cache
try why shop.hfs Session
try why shop.hfs Session --bytes
