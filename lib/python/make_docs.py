"""make_docs.py STUB: prints the docstrings of the stub as macros in C, so that help() says what the stub says.

    class Snapshot:
        def why(self, ...):                      #define DOC_Snapshot_why \\
            \"\"\"Say what keeps an object alive.      "Say what keeps an object alive.\\n" \\
                                                     "\\n" \\
            Cost: ...\"\"\"                            "Cost: ..."

Prose is filled for terminals of 80 columns, with the indentation of help(); paragraphs with indented lines stay as they
are. Of overloads the first has the text. Runs in any Python that can run holdfast.
"""
import ast
import sys
import textwrap

WIDTH = 72


def fill(paragraph):
    is_prose = not any(line.startswith(" ") for line in paragraph.split("\n"))
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False) if is_prose else paragraph


def print_doc(name, node):
    text = ast.get_docstring(node)
    if text is None:
        return
    filled = "\n\n".join(fill(paragraph) for paragraph in text.split("\n\n"))
    lines = [line.replace("\\", "\\\\").replace('"', '\\"') for line in filled.split("\n")]
    print(f"#define DOC_{name} \\\n    \"" + '\\n" \\\n    "'.join(lines) + '"')


def print_docs(body, prefix=""):
    seen = set()
    for node in body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name in seen:
            continue
        seen.add(node.name)
        print_doc(prefix + node.name, node)
        if isinstance(node, ast.ClassDef):
            print_docs(node.body, node.name + "_")


with open(sys.argv[1], encoding="utf-8") as stub:
    tree = ast.parse(stub.read())
print(f"/* Written by make_docs.py from {sys.argv[1]}. */")
print_doc("module", tree)
print_docs(tree.body)
