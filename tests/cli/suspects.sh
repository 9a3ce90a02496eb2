"$MAKE_FIXTURE" leak leak.hfs
"$MAKE_FIXTURE" leak-old leak-old.hfs
try suspects leak.hfs
try suspects leak-old.hfs leak.hfs
try suspects leak.hfs leak.hfs
try suspects leak.hfs --threshold 90
try suspects leak.hfs --limit 1 --bytes
# Known patterns of one's own, and how they can be wrong.
cat >patterns <<'END'
name: sessions
reference: shop.registry.Registry.sessions
holds: python >=3.8
note: Sessions end by themselves after 30 days.
END
try suspects leak.hfs --limit 1 --patterns patterns
echo 'colour: red' >wrong
try suspects leak.hfs --patterns wrong
try suspects leak.hfs --patterns nowhere
try suspects leak.hfs --threshold 100
try suspects leak.hfs --threshold 0
holdfast suspects leak.hfs --threshold 0.5% | head -n 1
try suspects shop.hfs --threshold 20
