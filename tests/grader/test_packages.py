"""What the packages of the grader show each other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in (*ROOT.glob("grader/**/*.py"), *ROOT.glob("dataset/**/*.py"))
}
PACKAGES = {
    name.removesuffix(".__init__"): path
    for name, path in MODULES.items()
    if name.startswith("grader.") and name.endswith(".__init__")
}
MAX_MODULES = 9

TESTED_ELSEWHERE = {
    "grader.__main__": "run by nearly every test of a command",
    "grader.kata.__main__": "run by the tests of kata",
    "dataset.__main__": "in tests/dataset/test_main.py",
    "grader.gradebook.records.identity": "two dataclasses, in test_whereabouts.py",
    "grader.release.build": "builds the package, in tests/wheel.py",
    "grader.errors": "classes without behaviour of their own",
    "grader.cli.grade_material": "with the command that it is the first step of, in test_grade.py",
    "grader.cli.grade_options": "declarations for typer; the command is called in test_grade.py",
}
"""Modules without a test file of their own, and where they are tested."""


def imports(path):
    """Module and name of each import from the grader."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = full in MODULES or full in PACKAGES
                yield (full, "") if is_module else (node.module, alias.name)


def public(package):
    """What a package lists in its __all__."""
    for node in ast.parse(PACKAGES[package].read_text("utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "__all__":
            return ast.literal_eval(node.value)
    return None


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_it_is_for_and_what_others_may_use(package):
    """Its docstring is there, and its __all__ names only what exists."""
    tree = ast.parse(PACKAGES[package].read_text("utf-8"))
    assert len((ast.get_docstring(tree) or "").split()) > 5
    assert public(package) is not None
    assert all(
        f"{package}.{name}" in MODULES
        or f"{package}.{name}" in PACKAGES
        or name in {alias for _, alias in imports(PACKAGES[package])}
        or name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for name in public(package)
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_can_be_taken_in_at_a_glance(package):
    """It has no more than nine modules."""
    folder = PACKAGES[package].parent
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= MAX_MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_uses_of_another_package_only_what_is_public_there(module):
    """It imports modules that the package lists, and no name that begins with an underscore."""
    ours = module.rpartition(".")[0]
    for used, name in imports(MODULES[module]):
        assert not name.startswith("_"), f"{module} imports {name} from {used}"
        package, _, leaf = used.rpartition(".")
        if used in PACKAGES and name:
            package, leaf = used, name
        if (
            package != ours
            and package in PACKAGES
            and package != "grader"
            and leaf
            and not ours.startswith(f"{package}.")
        ):
            assert leaf in public(package), f"{module} imports {used}: not in {package}.__all__"


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("__init__")])
def test_a_module_has_a_test_file_in_the_same_place(module):
    """So that its tests are found; one that is named as an exception says where they are."""
    *folders, name = module.split(".")
    file = ROOT.joinpath("tests", *folders, f"test_{name}.py")
    if module not in TESTED_ELSEWHERE:
        assert file.is_file(), f"expected {file.relative_to(ROOT)}"
        assert "\ndef test_" in file.read_text("utf-8")


def test_only_modules_that_there_are_are_excepted():
    """A module that was renamed or removed leaves no exception behind."""
    assert TESTED_ELSEWHERE.keys() <= MODULES.keys()
