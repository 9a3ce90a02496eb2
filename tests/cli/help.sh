try
try --version
for command in $(holdfast help | awk '/^exit codes/ { exit } /^  [a-z]/ { print $1 }'); do
    try "$command" --help
done
try help why
