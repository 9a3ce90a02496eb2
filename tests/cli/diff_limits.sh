# Limits on growth, for scripts: exit code 1 when one is exceeded, and which, on stderr.
"$MAKE_FIXTURE" series series
grew() {
    holdfast diff series "$@" 2>&1 >answer
    echo "exit $?: $*"
}
grew --fail-if 'shop.*:count>5'
grew --fail-if 'shop.*:count>6'
grew --fail-if shop.cache.Session:bytes\>900
grew -f total:bytes\>14K -f total:count\>38
grew -f total:bytes\>14.5K -f total:count\>37
grew -f total:bytes\>10M
grew -f steady:count\>0
grew -f steady:bytes\>1G
grew -f 'bytearray:count>0' -f 'bytearray:bytes>12k'
grew -f 'bytearray:bytes>11.9KiB'
grew -f 'shop.Sesion:count>0'
holdfast diff series --json --fail-if 'str:count>1' >answer
echo "exit $?"
grep -A 9 is_exceeded answer
