# Session 1 has two owners, the cache and a global variable: the object that refers to it last differs in each path.
try why shop.hfs '#15'
try why shop.hfs '#15' --paths 5
try why shop.hfs Session --paths 2
try why shop.hfs '#15' --paths 0
try why shop.hfs '#24'
