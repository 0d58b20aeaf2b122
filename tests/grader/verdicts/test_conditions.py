"""The conditions of a verdict: what changes them, what does not, and what they do not give away."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.transport.worker_process import can_confine, sandbox_layers
from grader.verdicts import conditions as conditions_module
from grader.verdicts.conditions import DECIDING_MODULES, conditions_of, version_of

ROOT = Path(__file__).parents[3]
SETTINGS = "[tool.kata]\nexercises = ['01_double']\n"
SPEC = 'def test_double(student):\n    """It doubles."""\n    assert student.double(1.0) == 2.0\n'


@pytest.fixture
def make(tmp_path):
    """Makes a course of one spec, each in a folder of its own, with other texts for some files."""
    made = []

    def make(**texts):
        root = tmp_path / f"course{len(made)}"
        made.append(root)
        files = {"pyproject.toml": SETTINGS, "tests/specs/test_01_double.py": SPEC, **texts}
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return find_course(root)

    return make


def conditions(course, secret="secret", confined=False, **limits):
    """The conditions, without a sandbox unless that is what it is about."""
    layers = sandbox_layers() if confined else ()
    return conditions_of(course, secret, replace(Limits(), **limits), layers)


# What does not matter


def test_the_place_of_a_course_does_not_matter(make):
    """Two copies of one course judge alike."""
    assert conditions(make()) == conditions(make())


def test_line_ends_do_not_matter(make):
    """A checkout on Windows is the same course."""
    files = {"pyproject.toml": SETTINGS, "tests/specs/test_01_double.py": SPEC}
    windows = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    assert conditions(make(**windows)) == conditions(make())


@pytest.mark.parametrize(
    "name",
    [
        "exercises/01_double/double.py",
        "solutions/01_double/double.py",
        "tests/specs/__pycache__/test_01_double.cpython-311.pyc",
        "tests/grader/test_it.py",
        "README.md",
    ],
)
def test_what_a_learner_writes_and_python_leaves_does_not_matter(make, name):
    """Only what decides about a verdict counts."""
    assert conditions(make(**{name: "more"})) == conditions(make())


# What does


@pytest.mark.parametrize(
    "changes",
    [
        {"tests/specs/test_01_double.py": SPEC.replace("2.0", "3.0")},
        {"tests/specs/test_02_more.py": SPEC},
        {"tests/specs/conftest.py": ""},
        {"tests/mistakes/01_double.toml": "# none yet\n"},
        {"pyproject.toml": SETTINGS + "[tool.kata.limits]\ncall_seconds = 1\n"},
    ],
    ids=["a spec", "another spec", "a conftest", "a catalogue of mistakes", "settings"],
)
def test_a_change_of_the_course_is_a_change_of_conditions(make, changes):
    """A verdict under the old ones is not one under the new ones."""
    one, other = conditions(make()), conditions(make(**changes))
    assert one.course != other.course
    assert replace(one, course="") == replace(other, course="")


def test_two_files_with_swapped_contents_are_another_course(make):
    """Names count as well as contents."""
    names = ("tests/specs/test_01_double.py", "tests/specs/test_02_more.py")
    one, other = SPEC, SPEC.replace("2.0", "3.0")
    first = make(**dict(zip(names, (one, other), strict=True)))
    second = make(**dict(zip(names, (other, one), strict=True)))
    assert conditions(first).course != conditions(second).course


def test_another_mistake_in_a_catalogue_is_a_change_of_conditions(make):
    """What a verdict names and hints at is part of it."""
    name = "tests/mistakes/01_double.toml"
    entry = (
        '[[mistake]]\nname = "half"\ntitle = "halved"\nbefore = "2"\nafter = "1"\nhint = "No."\n'
    )
    one, other = make(**{name: entry}), make(**{name: entry.replace("No.", "Not so.")})
    assert conditions(one).course != conditions(other).course
    assert conditions(make(**{name: entry})) == conditions(one)
    windows = make(**{name: entry.replace("\n", "\r\n")})
    assert conditions(windows) == conditions(one)


def test_a_better_translation_is_no_change_of_conditions(make):
    """A judge speaks English, whatever the learners do."""
    name = "tests/specs/zh-CN.toml"
    one, other = make(**{name: '"one" = "壹"\n'}), make(**{name: '"one" = "一"\n'})
    assert conditions(one) == conditions(other)


def deciding_modules():
    """All modules that count, by name."""
    return {
        ".".join(("grader", *([] if package == "." else package.split("/")), module))
        for package, modules in DECIDING_MODULES.items()
        for module in modules.split()
    }


NEUTRAL = {
    "grader.course.late_policy",  # what a late submission loses; no verdict knows of it
    "grader.roster.written_times",  # when something was handed in, according to its name
    "grader.messages.pasting",  # commands in these lines
    "grader.pytest_plugin.no_hint",  # what a learner is told where no hint is left
    "grader.pytest_plugin.own_tests",  # what a learner's own tests may import
    "grader.pytest_plugin.parallel",  # a learner's own pytest in several processes
    "grader.pytest_plugin.summary",  # the last lines of a learner's own pytest
    "grader.pytest_plugin.timeouts",  # ends a learner's own endless loop; a worker has its own
}
"""Modules that a judge imports and that decide nothing."""

ELSEWHERE = {"grader.worker.main", "grader.worker.zygote", "grader.worker.sandbox"}
"""Modules that decide, and that only the worker's process imports."""

JUDGE_ONE = """
import pathlib, sys
from grader.course.settings import find_course
from grader.judging.judgement import JudgeConfig, judge_one
from grader.submissions.class_folder import collect

course = find_course(pathlib.Path(sys.argv[1]))
settings = JudgeConfig(course.root, ("01_double",), "", course.limits, ())
entry, = collect(course.root / "solutions", course, course.limits).entries
assert judge_one(settings, entry.read()).verdict.points == 1
imported = [name for name, module in sys.modules.items() if hasattr(module, "__path__") is False]
print(*(name for name in imported if name.startswith("grader.")))
"""


def test_all_modules_that_a_judge_imports_are_named(process, make, tmp_path):
    """What reads a submission and judges it decides; nothing else is named as deciding."""
    files = dict.fromkeys(("exercises/01_double/double.py", "solutions/01_double/double.py"), "")
    files["solutions/01_double/double.py"] = "def double(x):\n    return 2 * x\n"
    course = make(**files)
    done = process("-c", JUDGE_ONE, course.root, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.err
    assert set(done.out.split()) | ELSEWHERE == deciding_modules() | NEUTRAL


def versions_after(changed, grader, ask):
    """The versions of a course, by the module that a line was added to."""
    for path in changed:
        before = path.read_text("utf-8")
        path.write_text(before + "# changed\n", "utf-8")
        yield path.relative_to(grader).as_posix(), ask()
        path.write_text(before, "utf-8")


def test_a_change_in_a_deciding_module_and_in_no_other_is_a_change_of_conditions(
    make, tmp_path, monkeypatch
):
    """A comment in a report judges nobody again; one in what decides judges everybody again."""
    grader = tmp_path / "elsewhere" / "grader"
    shutil.copytree(ROOT / "grader", grader, ignore=shutil.ignore_patterns("__pycache__"))
    root = make().root
    monkeypatch.setattr(conditions_module, "__file__", str(grader / "verdicts" / "conditions.py"))

    def ask():
        version_of.cache_clear()
        return version_of(root)

    before = ask()
    modules = {
        path.relative_to(grader).as_posix(): path
        for path in grader.rglob("*.py")
        if path.name != "__init__.py"
    }
    deciding = {
        f"{name.removeprefix('grader.').replace('.', '/')}.py" for name in deciding_modules()
    }
    assert deciding < modules.keys()
    for name, version in versions_after(modules.values(), grader, ask):
        assert (version != before) == (name in deciding), name
    version_of.cache_clear()


def test_the_version_is_the_same_in_another_process_and_place(process, make, tmp_path):
    """It depends on the contents of the files, not on where they lie."""
    course = make()
    copy = tmp_path / "elsewhere" / "grader"
    shutil.copytree(ROOT / "grader", copy, ignore=shutil.ignore_patterns("__pycache__"))
    script = "import pathlib, sys; from grader.verdicts.conditions import version_of; "
    script += "print(version_of(pathlib.Path(sys.argv[1])))"
    done = process("-c", script, course.root, cwd=tmp_path, PYTHONPATH=str(copy.parent))
    assert done.returncode == 0, done.err
    assert done.out.strip() == version_of(course.root)


def test_another_secret_is_another_condition_and_nothing_else(make):
    """It draws other inputs; the same secret gives the same."""
    course = make()
    one, other = conditions(course, "one"), conditions(course, "other")
    assert one.seed != other.seed
    assert replace(one, seed="") == replace(other, seed="")
    assert conditions(course, "one") == one


@pytest.mark.parametrize("secret", ["", "s", "correct horse", "ünïcode", "0" * 1000])
def test_the_secret_cannot_be_read_off_the_conditions(make, secret):
    """They are published with the verdicts: of the secret they hold a hash."""
    found = conditions(make(), secret)
    assert found.seed.isalnum()
    assert len(found.seed) == 16
    assert len(secret) < 2 or secret not in json.dumps(asdict(found), ensure_ascii=False)


@pytest.mark.parametrize("name", list(asdict(Limits())))
def test_another_limit_is_another_condition(make, name):
    """Each of them is reported by its name."""
    course = make()
    value = getattr(Limits(), name) + 1
    assert conditions(course, **{name: value}).limits == {**asdict(Limits()), name: value}
    assert conditions(course, **{name: value}) != conditions(course)


def test_what_it_was_run_with_is_told(make):
    """Python and NumPy, as they call themselves; all of it fits into JSON."""
    found = conditions(make())
    assert found.numpy == np.__version__
    assert found.python.split(".")[0] == "3"
    assert json.loads(json.dumps(asdict(found)))["limits"] == found.limits


@pytest.mark.skipif(not can_confine(), reason="there is no sandbox on this machine")
def test_the_sandbox_is_a_condition(make):
    """Its layers by name; none for code that was trusted."""
    course = make()
    assert conditions(course, confined=True).sandbox == sandbox_layers() != ()
    assert conditions(course, confined=False).sandbox == ()
