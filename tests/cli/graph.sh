# What is drawn; how it looks is the matter of the library's own tests.
show() {
    sed -nE 's/^  ([a-z]+[0-9]+( -> [a-z]+[0-9]+)?) \[(.*, )?label="([^"]*)".*/\1: \4/p; s/^  label="([^"]*)".*/\1/p' "$1"
    echo
}
try graph shop.hfs Session -o leak.dot
show leak.dot
try graph shop.hfs str --value user-1 -o chain.dot --chain --sizes --refcounts
show chain.dot
try graph shop.hfs Cache -o refs.dot --refs --depth 2
show refs.dot
# What objects retain: said in each box, and the more, the darker and larger.
try graph shop.hfs Session -o retained.dot --retained
show retained.dot
grep -oE '(shop|Session|Node|Cache|dict|list|module).*fontsize=[0-9]+' retained.dot | sed -E 's/\\nat 0x[0-9a-f]+//; s/, color=.*(, fontsize)/\1/'
grep -oE 'retains [0-9]+ objects? with [0-9,]+ bytes' retained.dot
try graph shop.hfs Cache --chain --retained --sizes --bytes -o exact.dot
show exact.dot
