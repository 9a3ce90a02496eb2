# Nothing that comes from a snapshot reaches the terminal as a control, colours or not.
try types hostile.hfs 'shop.*'
try why hostile.hfs 'shop.*'
try why hostile.hfs str --value '日*' --color always
try graph hostile.hfs 'shop.*' -o leak.dot
holdfast info hostile.hfs --color always | LC_ALL=C grep -c "$(printf '\033\\]\\|\007\\|\033\\[2J')"
echo
