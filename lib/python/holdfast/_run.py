"""`holdfast run`: a program under watch that cannot tell.

    python -I _run.py --output PATH [--on-signal N]... [--every SECONDS] [--when-rss BYTES] [--at-exit]
                      [--tracemalloc N] [--children] [--plain] [--no-previews]
                      -- SCRIPT.py ARGS... | -m MODULE ARGS...

This process checks that snapshots will work, leaves its options in the environment, and becomes
`python SCRIPT.py ARGS...` by exec. There, _site/sitecustomize.py calls attach() before the program starts, which takes
the options out of the environment again. So Python itself runs the program: its __main__, arguments, path, tracebacks,
exit code and death by signal are Python's own. Nothing but the standard library's smallest modules is loaded for it.
"""
import os
import sys

VARIABLE = "HOLDFAST_RUN"
SEPARATOR = "\x1f"
EXIT_USAGE, EXIT_TARGET, EXIT_FILE = 2, 3, 4


class Complaint(Exception):
    """What hinders `holdfast run`, in one line, with the exit code for it."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Options:
    """The words before `--`, and those that the first process adds for the one that runs the program."""

    valued = {"--output", "--on-signal", "--every", "--when-rss", "--stem", "--shown-stem", "--suffix", "--pid",
              "--tracemalloc"}
    flags = {"--at-exit", "--children", "--plain", "--no-previews", "--numbered"}

    def __init__(self, words):
        self.words = list(words)
        self.values = {}
        self.signals = ()
        rest = iter(words)
        for word in rest:
            if word not in self.valued and word not in self.flags:
                raise Complaint(EXIT_USAGE, f"unknown option '{word}' of _run.py")
            value = next(rest, None) if word in self.valued else True
            if value is None:
                raise Complaint(EXIT_USAGE, f"option '{word}' of _run.py needs a value")
            if word == "--on-signal":
                self.signals += (int(value),)
            self.values[word] = value

    def __getitem__(self, name):
        return self.values.get(name, False)


# The first process: checks, and becomes the program.

def name_of_program(program):
    """The stem of numbered files: "app" for app.py and app/, "pkg.app" for -m pkg.app."""
    if program[0] == "-m" and len(program) > 1:
        return program[1].replace("/", "_")
    return os.path.splitext(os.path.basename(program[0].rstrip("/")))[0].lstrip("-") or "python"


def place_output(output, program):
    """The words that say where files go; the folder of numbered files is made if it is missing."""
    numbered = output.endswith("/") or os.path.isdir(output)
    if numbered:
        os.makedirs(output, exist_ok=True)
        shown, suffix = os.path.join(output, name_of_program(program)), ".hfs"
    else:
        shown, suffix = os.path.splitext(output)
    words = ["--stem", os.path.abspath(shown), "--shown-stem", shown, "--suffix", suffix]
    return words + ["--numbered"] if numbered else words


def check_module(package_parent):
    """Says at once when this Python cannot load the extension module, not after an hour's run."""
    sys.path.insert(0, package_parent)
    try:
        import holdfast._core  # noqa: F401
    except ImportError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Complaint(EXIT_TARGET, f"no holdfast module for Python {version} ({sys.executable}): {error}; "
                                     f"build it with: make python PYTHON={sys.executable}") from None


def environment_for(options, here):
    words = options.words + ["--pid", str(os.getpid())]
    if any(SEPARATOR in word for word in words):
        raise Complaint(EXIT_USAGE, "the path of the output has a control character in it")
    path = [os.path.join(here, "_site")]
    if os.environ.get("PYTHONPATH"):
        path.append(os.environ["PYTHONPATH"])
    environment = {**os.environ, VARIABLE: SEPARATOR.join(words), "PYTHONPATH": os.pathsep.join(path)}
    if options["--tracemalloc"] and options["--children"]:
        environment["PYTHONTRACEMALLOC"] = options["--tracemalloc"]
    return environment


def become_program(words, environment):
    """The words are Python's options and the program's own."""
    import _signal  # type: ignore[import]
    for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ"):   # Python ignores them, and what is ignored stays so after exec
        if hasattr(_signal, name):
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
    os.execve(sys.executable, [sys.executable, *words], environment)


def main(words):
    split = words.index("--") if "--" in words else len(words)
    options, program = Options(words[:split]), words[split + 1:]
    if not program or not options["--output"]:
        raise Complaint(EXIT_USAGE, "_run.py needs --output PATH, and a program behind --")
    here = os.path.dirname(os.path.abspath(__file__))
    check_module(os.path.dirname(here))
    options.words += place_output(options["--output"], program)
    tracing = ["-X", f"tracemalloc={options['--tracemalloc']}"] if options["--tracemalloc"] else []
    become_program([*tracing, *program], environment_for(options, here))


# The process that runs the program.

def clean_environment(site_folder):
    """Takes out what environment_for put in."""
    del os.environ[VARIABLE]
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if path[0] == site_folder:
        del path[0]
    if path:
        os.environ["PYTHONPATH"] = os.pathsep.join(path)
    else:
        os.environ.pop("PYTHONPATH", None)


def make_watch(options):
    from holdfast._core import Watch
    is_child = os.getpid() != int(options["--pid"])
    return Watch(options["--stem"], options["--shown-stem"], options["--suffix"], options["--numbered"],
                 os.getpid() if is_child else 0, options.signals, round(float(options["--every"]) * 1e9),
                 int(options["--when-rss"]), options["--at-exit"], options["--children"], options["--plain"],
                 not options["--no-previews"])


def follow_multiprocessing(watch):
    """Workers of multiprocessing end with os._exit, without atexit: multiprocessing's own finalizers run there."""
    util = sys.modules.get("multiprocessing.util")
    if util:   # its registry keeps weak references, which a Watch does not have
        util.register_after_fork(attach, lambda _: util.Finalize(None, watch.finish, exitpriority=-100))


def has_raised():
    """Whether a frame raised the exception that ends the program, other than those that look for it and import it."""
    traceback = getattr(sys, "last_traceback", None)
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__") or "?"
        if module.partition(".")[0] not in ("runpy", "importlib", "pkgutil", "zipimport"):
            return True
        traceback = traceback.tb_next
    return False


def has_begun(program):
    """Whether code of the program ran: a module that is not there, or text that is no Python, leaves nothing to see.

    Python gives __main__ a loader when it has found the program. An error of the compiler has no traceback.
    """
    names = getattr(sys.modules.get("__main__"), "__dict__", {})
    if not names or has_raised() or any(not name.startswith("__") for name in names):
        return True
    is_found = program in ("", "-", "-c") or getattr(names.get("__loader__"), "__name__", "") != "BuiltinImporter"
    return is_found and not hasattr(sys, "last_type")


def end(watch, program):
    if not has_begun(program):
        watch.abandon()


def attach(site_folder):
    """Called before the program starts. Registered first with atexit, the last snapshot is taken last."""
    import atexit
    options = Options(os.environ[VARIABLE].split(SEPARATOR))
    if not options["--children"]:
        clean_environment(site_folder)
    watch = make_watch(options)
    atexit.register(watch.finish_run)
    atexit.register(end, watch, sys.argv[0])   # for itself: a frame of Python would be in the last snapshot
    if options["--children"]:
        os.register_at_fork(after_in_child=lambda: follow_multiprocessing(watch))
    os.register_at_fork(before=watch.before_fork, after_in_parent=watch.after_fork_in_parent,
                        after_in_child=watch.after_fork_in_child)
    watch.start()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Complaint as complaint:
        sys.stderr.write(f"holdfast: {complaint}\n")
        sys.exit(complaint.code)
    except OSError as error:
        sys.stderr.write(f"holdfast: {error}\n")
        sys.exit(EXIT_FILE)
