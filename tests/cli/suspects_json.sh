"$MAKE_FIXTURE" leak leak.hfs
holdfast suspects leak.hfs --json
