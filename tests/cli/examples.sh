# The example in the help of each command prints what the help says it does. Where a real program is looked at, numbers
# differ from run to run: they are compared as N. The server of the examples has a name of its own, lest that of another
# run be looked at.
start=$PWD
name=server-$$.py
"$MAKE_FIXTURE" leak leak.hfs
"$MAKE_FIXTURE" native-old old.hfs
"$MAKE_FIXTURE" native new.hfs
echo 'import time; time.sleep(600)' >$name
/usr/bin/python3 $name &
server=$!
trap 'kill $server' EXIT
"$MAKE_FIXTURE" series series
for command in $(holdfast help | awk '/^exit codes/ { exit } /^  [a-z]/ { print $1 }'); do
    mkdir "$command" && cp -R shop.hfs leak.hfs old.hfs new.hfs series "$command" && cd "$command" || exit
    echo 'pass' >shop.py
    holdfast "$command" --help | awk 'found { sub("^  ", ""); print } /^example:/ { found = 1 }' >wanted
    [ -s wanted ] || echo "$command: no example"
    sed -n 's/^\$ //p' wanted | sed "s/server\.py/$name/g" >calls
    while read -r call; do
        echo "\$ $call"
        sh -c "$call" 2>&1 </dev/null
    done <calls | sed "s/$name/server.py/g" >printed
    if grep -qE '^holdfast (run|snapshot|watch) ' calls; then
        sed -i -E '/^\$/!s/[0-9][0-9.,]*( k)?/N/g' wanted printed
    fi
    if diff wanted printed; then
        echo "$command: as in its help"
    fi
    cd "$start" || exit
done
