# -m, and the default name of the snapshot: the process id that the program itself sees.
mkdir pkg
echo 'import os; print(__name__, __package__); open("pid", "w").write(str(os.getpid()))' >pkg/__main__.py
holdfast run -m pkg 2>stderr
echo "exit $?"
[ -e "holdfast-$(cat pid).hfs" ] && echo 'has the name of its process'
sed "s/-[0-9]*.hfs (.*)/-PID.hfs (...)/" stderr
