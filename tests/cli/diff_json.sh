"$MAKE_FIXTURE" series series
holdfast diff series --json --limit 1 --fail-if 'shop.cache.*:count>5'
