"""Interpreters beside the main one, each with objects of its own."""
import sys
import time

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    run = interpreters.exec
else:
    import _xxsubinterpreters as interpreters
    run = interpreters.run_string

PROGRAM = """
import threading
class Inner:
    pass
held = [Inner() for _ in range(100)]
"""

made = [interpreters.create() for _ in range(3)]
for interpreter in made:
    run(interpreter, PROGRAM)
print('ready', flush=True)
time.sleep(600)
