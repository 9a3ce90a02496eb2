# Session 1 has two owners: the cache, and a global variable.
try why shop.hfs str --value user-1 --paths 3
try why shop.hfs Session --paths 2
