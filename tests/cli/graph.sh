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
