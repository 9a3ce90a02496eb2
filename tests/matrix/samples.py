"""samples.py [--promised] PYTHON ORACLE [ROOT]: the samples by process id and by core file.

Each of samples/leaks runs to its end in a Python that then waits (-i), in the system that is laid out in ROOT if there
is one, and is photographed from outside, running and dead. It must give the answers that a photograph from inside gives
at the same moment, which the module in the folder ORACLE takes (a path in there), and with --promised those that the
sample promises, which are of one release. The questions are those of samples/leaks/ask. Prints what differs; the exit
code is 1 if anything does.
"""
import difflib
import importlib.machinery
import importlib.util
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import cores

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'samples' / 'leaks'
IN_ROOT = 'mount -t proc proc "$1/proc" && exec chroot "$@"'


def load_ask():
    loader = importlib.machinery.SourceFileLoader('ask', str(SAMPLES / 'ask'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('ask', loader))
    loader.exec_module(module)
    return module


ask = load_ask()


class Waiting:
    """A sample that has run to its end and waits for more to do."""

    def __init__(self, python, oracle, root, program):
        self.root = root
        self.folder = pathlib.Path((root or '') + '/tmp/matrix')
        self.folder.mkdir(exist_ok=True)
        shutil.copy(program, self.folder)
        words = ['env', f'PYTHONPATH={oracle}', python, '-i', f'/tmp/matrix/{program.name}']
        if root:
            words = ['unshare', '--mount', 'sh', '-c', IN_ROOT, 'sh', root, *words]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        self.do('')

    def do(self, statement):
        """Has it do something, and waits until it waits again."""
        self.process.stdin.write(f'{statement}\nprint("ready", flush=True)\n')
        self.process.stdin.flush()
        if not any(line.endswith('ready\n') for line in self.process.stdout):
            raise SystemExit(f'samples: {self.process.args}: it ended')

    def photograph(self, files):
        run(['snapshot', str(self.process.pid), '-o', str(files['process'])])
        # In a thread of its own, so that the main thread has no frame in any photograph.
        self.do('import holdfast_oracle, threading; T = threading.Thread(target=holdfast_oracle.take, '
                'args=("/tmp/matrix/own.hfs", "/tmp/matrix/other.hfs", "/tmp/matrix/copy.pid")); T.start(); T.join()')
        shutil.copy(self.folder / 'own.hfs', files['inside'])
        made, reasons = cores.take(int((self.folder / 'copy.pid').read_text()), self.folder)
        if not made:
            raise SystemExit(f'samples: no core file: {"; ".join(reasons)}')
        sysroot = ['--sysroot', self.root] if self.root else []
        run(['snapshot', str(made[-1]), *sysroot, '-o', str(files['core'])])
        for path in made:
            path.unlink()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def run(words):
    result = subprocess.run([ask.HOLDFAST, *words], text=True, capture_output=True)
    if result.returncode != 0:
        raise SystemExit(f'samples: {shlex.join(words)}: exit code {result.returncode}\n{result.stderr}')
    return result.stdout


def answers(name, python, oracle, root):
    """What the questions of a sample give, asked from inside, of the process, and of its core file: lists of lines."""
    lines_of = {'inside': [], 'process': [], 'core': []}
    with tempfile.TemporaryDirectory() as folder, Waiting(python, oracle, root, SAMPLES / f'{name}.py') as waiting:
        files = {place: pathlib.Path(folder) / f'{place}.hfs' for place in lines_of}
        waiting.photograph(files)
        for line in ask.session_of(name):
            if not line.startswith('$ '):
                continue
            words = shlex.split(line[2:])[1:]
            for place, lines in lines_of.items():
                lines.append(line)
                if words[0] != 'run':
                    given = run([str(files[place]) if word.endswith('.hfs') else word for word in words])
                    lines += given.replace('/tmp/matrix/', '').splitlines()
    return lines_of


def without_choice(lines):
    """Which of many like objects is shown depends on where they lie."""
    return [re.sub(r"\('10\.0\.0\.1', \d+\)", '(HOST, PORT)', line) for line in ask.masked(lines)]


def differences(name, is_promised, python, oracle, root):
    lines_of = answers(name, python, oracle, root)
    lines = []
    for place in ('process', 'core'):
        lines += difflib.unified_diff(ask.masked(lines_of['inside']), ask.masked(lines_of[place]), f'{name} inside', place,
                                      lineterm='')
    if is_promised:
        lines += difflib.unified_diff(without_choice(ask.session_of(name)), without_choice(lines_of['process']),
                                      f'{name}.py', 'process', lineterm='')
    return lines


def main(python, oracle, root=None, is_promised=False):
    differing = 0
    for name in ask.NAMES:
        lines = differences(name, is_promised, python, oracle, root)
        differing += bool(lines)
        print(*lines, sep='\n', end='\n' if lines else '')
    print(f'{len(ask.NAMES) - differing} of {len(ask.NAMES)} samples by process id and by core file have their answers')
    return differing != 0


if __name__ == '__main__':
    words = [word for word in sys.argv[1:] if word != '--promised']
    sys.exit(main(*words, is_promised='--promised' in sys.argv))
