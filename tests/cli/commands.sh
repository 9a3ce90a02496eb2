# What is made from the tables of commands agrees with them: no command and no option is missing anywhere.
holdfast help | awk '/^exit codes/ { exit } /^  [a-z]/ { print $1 }' >commands
grep -cx -e run -e types -e help commands
# Each file in cli/commands is a command, but for the parts that several of them share.
grep -l '^const struct command command_' "$SOURCES"/cli/commands/*.c | sed 's|.*/||; s|\.c$||' | sort >files
sort commands | diff - files && echo "each file is a command, each command has a file"
holdfast help --mdoc synopsis >synopsis
holdfast help --mdoc commands >manual
for shell in bash zsh fish; do
    holdfast completion $shell >$shell
done
# The part of a file that is about a command: `between START END FILE` without the line of END.
between() {
    awk -v start="$1" -v end="$2" '$0 ~ end { on = 0 } $0 ~ start { on = 1 } on' "$3"
}
while read -r command; do
    grep -qx ".Cm $command" synopsis || echo "$command: not in the synopsis of the manual"
    between "^.Ss $command\$" "^.Ss " manual >part.manual
    between "^    $command\\)" "^        esac ;;" bash >part.bash
    between "^    $command\\)" "' ;;" zsh >part.zsh
    grep "seen_subcommand_from $command'" fish >part.fish
    holdfast "$command" --help | sed -n '/^options:/,/^example:/s/^  .*--\([a-z-]*\).*/\1/p' >options
    while read -r option; do
        grep -qE "Fl -$option( |\$)" part.manual || echo "$command: no --$option in the manual"
        grep -qE " --$option[ ']" part.bash || echo "$command: no --$option for bash"
        grep -qE -- "--$option[]=},[]" part.zsh || echo "$command: no --$option for zsh"
        grep -q -- " -l $option " part.fish || echo "$command: no --$option for fish"
    done <options
    [ -s options ] || echo "$command: no options in its help"
done <commands
# The page that is installed has them, is sound, and says what exit codes mean.
grep -c '^@' "$BUILT/holdfast.1"
grep -x '^.Ss [a-z]*' "$BUILT/holdfast.1" | sed 's/^.Ss //' | diff - commands && echo "each is in the manual"
grep -c '^.It [0-5]$' "$BUILT/holdfast.1"
LC_ALL=C grep -c '[^ -~]' "$BUILT/holdfast.1"
mandoc -Tlint -W warning "$BUILT/holdfast.1"
for shell in bash zsh fish; do
    cmp $shell "$BUILT/completions/$shell"
    $shell -n $shell || echo "$shell: not sound"
done
