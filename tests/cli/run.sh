# The program keeps its arguments, stdin and exit code; the snapshot is its owner's alone.
cat >app.py <<'END'
import os, sys
print(sys.argv, __name__, sys.path[0] == os.getcwd())
print(sys.stdin.read(), end="")
print("to stderr", file=sys.stderr)
LEAK = ["a word that is easy to find"]
sys.exit(7)
END
echo 'from stdin' | holdfast run -o out.hfs app.py --json -o x 2>stderr
echo "exit $?"
sed "s/(.*)/(...)/" stderr
rm stderr
stat -c '%a %n' out.hfs
holdfast why out.hfs str --value '*easy to find' | tail -n 1
ls -A
