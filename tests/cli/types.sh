try types shop.hfs
try types shop.hfs --limit 3
try types shop.hfs -n3 --sort count
try types shop.hfs --sort=name --limit 0 --bytes
try types shop.hfs 'shop.*'
try types shop.hfs '*Session'
try types shop.hfs --module shop
try types shop.hfs --module shop.tree --bytes
try types shop.hfs -- 'sh?p.*'
