# Nothing leads there: because of what is avoided, because nothing does, because there is no such object.
try chain shop.hfs Cache Session --avoid list
try chain shop.hfs Session Cache
try chain shop.hfs Session Cach
try chain shop.hfs Sesion Cache
try chain shop.hfs Session Cache --avoid zebra
try chain shop.hfs Session
try chain shop.hfs '#7' 0xyz
