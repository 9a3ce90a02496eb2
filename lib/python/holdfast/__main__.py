"""`python -m holdfast` is the command, which runs programs with this Python unless --python says otherwise."""
import os
import shutil
import sys


def find_command():
    """The command that belongs to this package: installed beside it, or built beside it, or the one on the path."""
    parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for place in ("../../../bin/holdfast", "../holdfast"):
        path = os.path.normpath(os.path.join(parent, place))
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return shutil.which("holdfast")


def main():
    command = find_command()
    if command is None:
        sys.exit("holdfast: the command is not installed beside the Python package: install holdfast with pip or make")
    words = sys.argv[1:]
    if words[:1] == ["run"]:
        words[1:1] = ["--python", sys.executable]
    os.execv(command, ["holdfast", *words])


if __name__ == "__main__":
    main()
