# What the shells offer. complete WORDS...: the last word is the one at the cursor.
cat >complete.bash <<'END'
source <(holdfast completion bash)
compopt() { echo "[$*]"; }
complete() {
    COMP_WORDS=(holdfast "$@") COMP_CWORD=$# COMPREPLY=()
    echo "\$ holdfast $*|"
    _holdfast
    printf '%s\n' "${COMPREPLY[*]}"
}
complete ''
complete ty
complete types ''
complete types --s
complete types --sort ''
complete types --sort = na
complete types -s b
complete types --limit ''
complete types shop.hfs -
complete graph shop.hfs Session --output ''
complete help w
complete completion ''
END
bash complete.bash
cat >complete.fish <<'END'
holdfast completion fish | source
for words in 'ty' 'types --so' 'types --sort ' 'types sh' 'help w' 'completion ' 'graph shop.hfs Session -o sh'
    echo "\$ holdfast $words|"
    complete -C "holdfast $words"
end
END
HOME=$PWD fish --no-config complete.fish 2>&1 | tr '\t' ' '
