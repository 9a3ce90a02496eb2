# Answers in JSON have the keys that json.h and the manual document, in that order. Each kind is seen here, but for
# what `snapshot` writes, which snapshot.sh looks at.
"$MAKE_FIXTURE" leak leak.hfs
"$MAKE_FIXTURE" series series
"$MAKE_FIXTURE" sites sites
"$MAKE_FIXTURE" native-old old.hfs
"$MAKE_FIXTURE" native new.hfs
for question in 'info shop.hfs' 'types shop.hfs' 'why shop.hfs Session --paths 3' 'why shop.hfs Node' \
    'graph shop.hfs Session' 'chain shop.hfs Cache Session' 'cycles shop.hfs' 'retained shop.hfs Session' 'dominators leak.hfs' 'waste leak.hfs' \
    'refs shop.hfs Cache' 'referrers shop.hfs Session' 'show shop.hfs Session' 'ps' \
    'suspects leak.hfs' 'native old.hfs new.hfs' 'diff series --fail-if total:count>1000' \
    'types sites/shop-00004.hfs --by site' 'diff sites --by site'; do
    holdfast $question --json
done | python3 "$SOURCES/tests/tools/check-schema" "$SOURCES/include/holdfast/json.h" | grep -v '^written: not seen$'
