# On a terminal tables fit its width. Lines come with \r\n there.
show() {
    TERM=xterm script -qec "stty cols $1; $2" /dev/null | tr -d '\r' | sed 's/\x1b/ESC/g'
}
show 60 "holdfast why shop.hfs str --value 'user-1' --color never"
show 60 "holdfast why hostile.hfs '*Evil*' --color never"
show 40 "holdfast types hostile.hfs --color never"
show 200 "holdfast types shop.hfs -n 2"
NO_COLOR=1 show 200 "holdfast types shop.hfs -n 2"
# Values give way before references do, and examples of paths before the paths.
show 70 "holdfast why shop.hfs Session --color never"
# A step's share of the growth goes before the name of what grew has too little room.
"$MAKE_FIXTURE" series series
show 80 "holdfast diff series --color never" | sed -n '/where$/,/^$/p'
# Where that is not enough, columns are left out, and named.
for width in 70 60 50 30; do
    show $width "holdfast referrers shop.hfs Session -d 2 --color never"
done
# Of a suspect's path the types go before the verdicts are cut; of what is wasted the words stay.
"$MAKE_FIXTURE" leak leak.hfs
show 60 "holdfast suspects leak.hfs --limit 1 --color never" | sed -n '/^  reference/,/^$/p'
"$MAKE_FIXTURE" waste waste.hfs
show 84 "holdfast waste waste.hfs --color never" | sed -n '/^slots/,/^views/p'
