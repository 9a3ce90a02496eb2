"$MAKE_FIXTURE" tangle tangle.hfs
try show shop.hfs '#12'
try show shop.hfs Session
try show shop.hfs Node --bytes
try show shop.hfs module
try show tangle.hfs Subscriber
try show shop.hfs --value user-4
try show shop.hfs Session --value x
try show shop.hfs '#4711'
try show shop.hfs
try show shop.hfs Session --csv
