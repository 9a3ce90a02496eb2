"""Starts the watch of `holdfast run` before the program, takes itself out of the way, and hands over.

Python's site imports the first sitecustomize on the path. This folder is put there by _run.py; the program's own
sitecustomize, if it has one, is the next one on the path and is imported in place of this one.
"""
import sys


def _attach():
    import os
    here = os.path.dirname(os.path.abspath(__file__))
    package_parent = os.path.dirname(os.path.dirname(here))
    if here in sys.path:
        sys.path.remove(here)
    sys.path_importer_cache.pop(here, None)
    sys.path.insert(0, package_parent)
    try:
        from holdfast import _run
        _run.attach(here)
    except Exception as error:
        sys.stderr.write(f"holdfast: no snapshots of process {os.getpid()}: {error}\n")
    finally:
        sys.path.remove(package_parent)
        for folder in (package_parent, os.path.join(package_parent, "holdfast")):
            sys.path_importer_cache.pop(folder, None)


_attach()
del _attach, sys.modules["sitecustomize"]   # a function and its module's globals hold each other
import sitecustomize  # noqa: E402,F401  the next one; its absence is an ImportError that site expects
