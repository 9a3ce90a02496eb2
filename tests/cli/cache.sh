# What a question computes from a large snapshot is kept beside it: once, for its owner, and only where that is possible.
# Answers are the same with it, without it, and with a damaged one.
"$MAKE_FIXTURE" large large.hfs
ask() {
    holdfast why large.hfs shop.Row --json >"$1"
    cmp "$1" first && stat -c '%n %a' large.hfs.* 2>/dev/null
}
holdfast why large.hfs shop.Row --json >first
ask second
ls -i large.hfs.cache >before
ask third
ls -i large.hfs.cache | diff before - && echo "written once"
cp large.hfs.cache right
printf 'XXXX' | dd of=large.hfs.cache bs=1 seek=500000 conv=notrunc 2>/dev/null
ask damaged
cmp right large.hfs.cache && echo "mended"
rm large.hfs.cache
HOLDFAST_NO_CACHE=1 ask without
ask deleted
# Another snapshot of the same name.
cp shop.hfs large.hfs
holdfast types large.hfs --limit 1
# A small snapshot has none, and one whose folder cannot be written to does without.
holdfast why shop.hfs Session >/dev/null
"$MAKE_FIXTURE" large large.hfs
rm large.hfs.cache
mkdir large.hfs.cache
ask impossible
ls -A
