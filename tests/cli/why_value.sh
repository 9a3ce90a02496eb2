try why shop.hfs str --value 'user-[02]'
try why shop.hfs --value user-3
try why shop.hfs --value 'user-?'
try why shop.hfs int --value 3
