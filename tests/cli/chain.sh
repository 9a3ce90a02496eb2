try chain shop.hfs Cache Session
try chain shop.hfs Node Node
try chain shop.hfs shop.cache.Cache str
try chain shop.hfs '#7' '#12' --bytes
try chain shop.hfs '#7' '#12' --csv
