"$MAKE_FIXTURE" tangle tangle.hfs
try refs shop.hfs Cache
try refs shop.hfs Cache --depth 1 --bytes
try refs shop.hfs Session --depth 9
try refs tangle.hfs Bus
try refs tangle.hfs module --limit 4
try refs tangle.hfs module --branches 2
try refs tangle.hfs module --depth 1 --limit 0 --branches 0
try refs tangle.hfs Bus --csv
try refs shop.hfs --value 'user-*'
