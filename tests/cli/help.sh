try
try --version
for command in run info types why graph help; do
    try "$command" --help
done
try help why
