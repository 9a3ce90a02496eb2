# Wrong calls: each names the word that is wrong, and what would be right.
try tpyes shop.hfs
try zebra
try help whi
try types
try types shop.hfs '*' more
try types shop.hfs --limt 3
try types shop.hfs --zebra
try types shop.hfs --limit
try types shop.hfs --limit=-1
try types shop.hfs --limit 5x
try types shop.hfs --limit 99999999999999999999
try types shop.hfs --sort size
try types shop.hfs --json=yes
try types shop.hfs --color blue
try types shop.hfs -x
try why
try why shop.hfs
try why shop.hfs ''
try why shop.hfs Session --value ''
try graph shop.hfs Session
try graph shop.hfs Session -o leak.gif
try graph shop.hfs Session -o leak
try graph shop.hfs Session --refs --chain -o leak.svg
try run
try run -m
try run --pyton python3 x.py
try run --on SIGKILL x.py
try run --on 9 x.py
try run --every 0 x.py
try run --every soon x.py
try run --when-rss 5Q x.py
try run --when-rss -5M x.py
