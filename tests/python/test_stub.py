"""The stub, which is the home of the documentation, and the module say the same."""
import ast
import inspect
import pathlib

import holdfast
import pytest
from holdfast import _core

STUB = ast.parse((pathlib.Path(holdfast.__file__).parent / "_core.pyi").read_text())


def functions_of(body):
    """By name; of overloads the first, which has all the defaults."""
    return {node.name: node for node in reversed(body) if isinstance(node, ast.FunctionDef)}


CLASSES = {node.name: functions_of(node.body) for node in STUB.body if isinstance(node, ast.ClassDef)}
FUNCTIONS = functions_of(STUB.body)
UNSIGNED = {"__new__", "__enter__", "__exit__"}     # C methods by these names have no signature to compare
METHODS = [(owner, name) for owner, methods in CLASSES.items() for name, node in methods.items()
           if name not in UNSIGNED and all(ast.unparse(word) == "overload" for word in node.decorator_list)]


def public_names(thing):
    return {name for name in vars(thing) if not name.startswith("_")}


def parameters_of_stub(node):
    arguments = node.args
    count = len(arguments.posonlyargs)
    names = [a.arg for a in arguments.posonlyargs + arguments.args]
    listed = [(name, "positional" if i < count else "any") for i, name in enumerate(names)]
    return listed + [(a.arg, "keyword") for a in arguments.kwonlyargs]


def parameters_of_module(function):
    kinds = {inspect.Parameter.POSITIONAL_ONLY: "positional", inspect.Parameter.POSITIONAL_OR_KEYWORD: "any",
             inspect.Parameter.KEYWORD_ONLY: "keyword"}
    return [(parameter.name, kinds[parameter.kind]) for parameter in inspect.signature(function).parameters.values()]


def defaults_of_stub(node):
    arguments = node.args
    plain = arguments.posonlyargs + arguments.args
    pairs = list(zip(plain[len(plain) - len(arguments.defaults):], arguments.defaults))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults) if d is not None]
    return {argument.arg: ast.literal_eval(default) for argument, default in pairs}


def defaults_of_module(function):
    return {parameter.name: parameter.default for parameter in inspect.signature(function).parameters.values()
            if parameter.default is not inspect.Parameter.empty}


def test_the_same_names():
    assert public_names(_core) == set(FUNCTIONS) | set(CLASSES)
    for name, methods in CLASSES.items():
        assert public_names(getattr(_core, name)) == {method for method in methods if not method.startswith("__")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    function = getattr(_core, name)
    assert parameters_of_module(function) == parameters_of_stub(FUNCTIONS[name])
    assert defaults_of_module(function) == defaults_of_stub(FUNCTIONS[name])
    assert words(inspect.getdoc(function)) == words(ast.get_docstring(FUNCTIONS[name]))


def words(text):
    """Lines of prose are filled anew for help()."""
    return text.split()


def test_help_fits_a_terminal_of_80_columns():
    texts = [_core.Snapshot.__doc__, _core.growth.__doc__, _core.snapshot.__doc__]
    texts += [getattr(_core.Snapshot, name).__doc__ for name in CLASSES["Snapshot"] if not name.startswith("__")]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 80


@pytest.mark.parametrize("owner, name", METHODS)
def test_methods(owner, name):
    method, node = getattr(getattr(_core, owner), name), CLASSES[owner][name]
    assert [p for p in parameters_of_module(method) if p[0] != "self"] == \
        [p for p in parameters_of_stub(node) if p[0] != "self"]
    assert defaults_of_module(method) == defaults_of_stub(node)
    if not name.startswith("__"):
        assert words(inspect.getdoc(method)) == words(ast.get_docstring(node))


def test_the_version_is_the_same_everywhere():
    metadata = (pathlib.Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'version = "{holdfast.__version__}"\n' in metadata


def test_everything_that_is_offered_is_there():
    for name in holdfast.__all__:
        assert getattr(holdfast, name).__doc__
    assert set(holdfast.__all__) <= set(dir(holdfast))


def test_the_annotated_fields_are_those_that_answers_have():
    answers = [holdfast.snapshot().info(), holdfast.snapshot().types(), holdfast.snapshot().why(ast)]
    for answer in answers:
        assert list(vars(answer)) == list(type(answer).__dataclass_fields__)
