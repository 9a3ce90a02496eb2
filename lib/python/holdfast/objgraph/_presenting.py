"""From a DOT file to what a person sees: xdot, or a picture made by dot."""
import os
import sys

_package = sys.modules[__package__]     # programs put others in place of its _program_in_path and subprocess


def _program_in_path(program):
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return any(os.path.isfile(os.path.join(folder, program)) for folder in folders)


def _present_graph(dot_filename, filename=None):
    """Make `filename` of a DOT file in the format that its suffix names; without one open xdot, or make a PNG."""
    if filename == dot_filename:
        return
    if not filename and _package._program_in_path("xdot"):
        print("Spawning graph viewer (xdot)")
        _package.subprocess.Popen(["xdot", dot_filename], close_fds=True)
    elif _package._program_in_path("dot"):
        if not filename:
            print("Graph viewer (xdot) not found, generating a png instead")
            filename = dot_filename[:-len(".dot")] + ".png"
        _draw(dot_filename, filename)
    elif filename:
        print("Image renderer (dot) not found, not doing anything else")
    else:
        print("Graph viewer (xdot) and image renderer (dot) not found, not doing anything else")


def _draw(dot_filename, filename):
    words = ["dot", "-T" + os.path.splitext(filename)[1][1:], "-o" + filename, dot_filename]
    dot = _package.subprocess.Popen(words, close_fds=False)
    dot.wait()
    if dot.returncode == 0:
        print(f"Image generated as {filename}")
    else:
        print(f'dot failed (exit code {dot.returncode}) while executing "{" ".join(words)}"')
