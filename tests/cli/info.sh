try info shop.hfs
try info shop.hfs --bytes
