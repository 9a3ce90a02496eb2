try refs shop.hfs Node --depth 1 --json
try referrers shop.hfs Session --limit 2 --json
try referrers shop.hfs module --json
