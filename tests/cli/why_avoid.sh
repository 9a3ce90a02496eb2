try why shop.hfs Session --avoid Cache
try why shop.hfs Session --avoid shop.cache.Cache --avoid module:shop
try why shop.hfs shop.tree.Node
try why shop.hfs Cache --avoid module:shop
try why shop.hfs Cache --avoid module:shpo
try why shop.hfs Cache --avoid Sesion
