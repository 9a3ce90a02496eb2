# Wrong calls of every command and of every option that it has, as its help lists them.
mkdir folder
echo 'no snapshot' >text.hfs
for command in $(holdfast help | awk '/^exit codes/ { exit } /^  [a-z]/ { print $1 }'); do
    holdfast "$command" --help >help
    operands=$(sed -n '1s/^usage: holdfast [a-z]* //p' help)
    # Words too few or too many.
    case $operands in
    '[options]' | '[COMMAND]'*) ;;
    *) try "$command" ;;
    esac
    case $operands in
    *...*) ;;
    *) try "$command" shop.hfs a b c d ;;
    esac
    # Files that are none, and objects that are not there.
    case $operands in
    FILE*)
        case $operands in
        *FROM*) set -- Session Session ;;
        *-o*) set -- Session -o leak.dot ;;
        *--cut*) set -- --cut Session ;;
        *SELECTOR*) set -- Session ;;
        *) set -- ;;
        esac
        try "$command" missing.hfs "$@"
        try "$command" folder "$@"
        try "$command" text.hfs "$@"
        ;;
    esac
    case $operands in
    *SELECTOR*) try "$command" shop.hfs Sesion ;;
    esac
    # Options: unknown, without their value, with a wrong one, or with one where there is none.
    try "$command" --zebra
    try "$command" -Z
    sed -n '/^options:/,/^example:/s/^  .*--\([a-z-]* *[^ ]*\).*/\1/p' help | grep -v '^help' >options
    while read -r option argument; do
        holdfast "$command" "--${option%?}" >said 2>&1
        grep -q "did you mean '--$option'" said || holdfast "$command" --help | grep -q -- "--${option%?} " ||
            echo "$command: no hint from --${option%?} to --$option: $(head -n 1 said)"
        case $argument in
        '') try "$command" "--$option=yes" ;;
        N | TIME | SIZE | SIGNAL | *\|*)
            try "$command" "--$option"
            try "$command" "--$option" zebra
            ;;
        *) try "$command" "--$option=" ;;
        esac
    done <options
done
