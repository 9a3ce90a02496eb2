try chain shop.hfs Node Node --json
try chain shop.hfs Session Cache --json
