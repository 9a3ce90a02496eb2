# What cannot work is said before the program starts.
echo 'print("must not run")' >app.py
try run --python missing-python app.py
try run --python /bin/true app.py
try run -o missing/out.hfs app.py
try run -o - app.py
try run missing.py | sed "s|^[^ ]*python3[^ ]*: |python3: |"
try run -o app.py/ app.py
mkdir empty
HOLDFAST_PYTHON_PATH=$PWD/empty holdfast run app.py 2>&1 | sed "s|$PWD|PWD|g"
mkdir -p other/holdfast
: >other/holdfast/_run.py
HOLDFAST_PYTHON_PATH=other holdfast run app.py 2>&1 | sed "s|$PWD|PWD|g; s/python3', which is Python [0-9.]*: no _core[^ ]* /python3', which is Python 3.x: no _core.so /"
ls
