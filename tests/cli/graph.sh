try graph shop.hfs Session -o leak.dot
cat leak.dot
try graph shop.hfs str --value user-1 -o chain.dot --chain --sizes --refcounts
cat chain.dot
try graph shop.hfs Cache -o refs.dot --refs --depth 2
cat refs.dot
