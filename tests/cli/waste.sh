"$MAKE_FIXTURE" waste waste.hfs
try waste waste.hfs
try waste waste.hfs --kind empty --bytes --limit 1
try waste waste.hfs --min 1K --limit 0
try waste waste.hfs --kind duplicates --csv
try waste waste.hfs --kind spare --json
try waste waste.hfs --kind slots
try waste waste.hfs --kind views --csv
try waste hostile.hfs --kind single --csv
try waste shop.hfs --kind empty
try waste waste.hfs --kind leaks
try waste
