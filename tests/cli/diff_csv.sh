"$MAKE_FIXTURE" series series
try diff series --csv
try diff series --csv --limit 1
