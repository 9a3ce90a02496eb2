"$MAKE_FIXTURE" tangle tangle.hfs
try referrers shop.hfs Session
try referrers shop.hfs '#9' --depth 9
try referrers shop.hfs '#12' --depth 1
try referrers tangle.hfs --value orders
try referrers tangle.hfs Bus
try referrers tangle.hfs Child
try referrers shop.hfs Session --limit 3 --csv
try referrers shop.hfs module
try referrers shop.hfs Sesion
try referrers shop.hfs
try referrers shop.hfs Session --depth x
