# Colours on demand; in a pipe there are none, and NO_COLOR rules only where nothing was asked for.
holdfast why shop.hfs Cache --color always | sed 's/\x1b/ESC/g'
holdfast why shop.hfs Cache --color never | sed 's/\x1b/ESC/g'
NO_COLOR=1 holdfast types shop.hfs -n1 --color always | sed 's/\x1b/ESC/g'
