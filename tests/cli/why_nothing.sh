# Near misses.
try why shop.hfs Sesion
try why shop.hfs shop.cache.session
try why shop.hfs 'nothing.*'
try why shop.hfs 0x1234
try why shop.hfs 0x12zz
try why shop.hfs '#999999'
try why shop.hfs '#x'
try why shop.hfs str --value nobody
