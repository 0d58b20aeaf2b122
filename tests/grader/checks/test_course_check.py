"""`grader check`: a sound course is called sound, and each kind of fault is found and placed."""

import ast
import itertools
import re
import shutil
from pathlib import Path

import pytest

from grader.checks.course_check import check, fingerprints_of
from grader.course.settings import find_course, load_course
from grader.mistakes.known_failures import read, same

pytestmark = pytest.mark.thorough

COMMAND = "from grader.cli.main import main; main()"
ROOT = Path(__file__).parents[3]

SOLUTION = '''"""Doubling."""


def double(x):
    """Twice x."""
    return 2 * x
'''
STUB = SOLUTION.replace(
    "return 2 * x", "# TODO: double x.\n    raise NotImplementedError('double: return twice x')"
)
SPEC = '''import pytest

from grader.specs.assertions import assert_matches


@pytest.mark.core
def test_double_doubles(student, rng):
    """double returns twice x."""
    x = rng.normal()
    assert_matches(student.double(x), 2 * x)
'''
ALL_SOUND = {"lesson": "# Doubling\n", "stub": STUB, "solution": SOLUTION, "spec": SPEC}


def make_course(root, **exercises):
    """A course of small exercises: what is given for one takes the place of what is sound."""
    for name, changes in exercises.items():
        (exercise,) = [e for e in settings(root, exercises).exercises if e.module == name]
        for part, text in {**ALL_SOUND, **changes}.items():
            path = getattr(exercise, part)
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, "utf-8")
    return find_course(root)


def settings(root, names):
    listed = [f"{i:02}_{name}" for i, name in enumerate(names, 1)]
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = {listed}\n", "utf-8")
    return find_course(root)


def problems_of(output):
    """What is reported below each claim that does not hold, by the claim."""
    found, claim = {}, ""
    for line in output.splitlines():
        if line.startswith(("✓", "✗")):
            claim = line
        elif line.startswith("    "):
            found.setdefault(claim[2:], []).append(line.strip())
    return found


def test_every_stub_has_the_solutions_signatures_and_docstrings(handed_out):
    """In the real course, whose trees mirror each other, and which is translated."""
    claims = itertools.islice(check(find_course(handed_out)), 9)
    assert {claim.text: claim.problems for claim in claims if claim.problems} == {}


@pytest.mark.thorough
def test_the_course_is_sound(process, handed_out):
    """Its first exercise; to check all takes minutes, and .ci/run does."""
    settings = handed_out / "pyproject.toml"
    text = settings.read_text("utf-8")
    for exercise in find_course(ROOT).exercises[1:]:
        assert text.count(f'    "{exercise.name}",\n') == 1
        text = text.replace(f'    "{exercise.name}",\n', "")
        for tree in ("exercises", "solutions"):
            shutil.rmtree(handed_out / tree / exercise.name)
    settings.write_text(text, "utf-8")
    done = process("-c", COMMAND, "check", "--seeds", "2", cwd=handed_out)
    assert done.returncode == 0, done.out + done.err
    assert done.out.rstrip().endswith("the course is sound")
    assert done.out.count("✓") == 2 + 6
    assert "✗" not in done.out


def test_each_fault_of_a_course_is_told_with_its_place(process, tmp_path):
    """Exit code 1, and under each claim that does not hold, why."""
    exists = SPEC.replace(
        "    x = rng.normal()\n    assert_matches(student.double(x), 2 * x)\n", ""
    )
    make_course(
        tmp_path,
        drifted={"stub": STUB.replace("Twice x.", "Thrice x."), "lesson": None},
        easy={"spec": f"{exists}    assert student.double is not None\n"},
        wrong={"solution": SOLUTION.replace("2 * x", "3 * x")},
    )
    (tmp_path / "solutions" / "04_forgotten").mkdir()
    done = process("-c", COMMAND, "check", "--seeds", "2", cwd=tmp_path, COLUMNS="200")
    assert done.returncode == 1, done.err
    problems = problems_of(done.out)
    assert problems.pop("the trees mirror each other") == [
        "exercises/01_drifted/README.md is missing",
        "solutions/04_forgotten is not listed in [tool.kata] of pyproject.toml",
    ]
    assert problems.pop("01_drifted: the stub has the solution's signatures and docstrings") == [
        "double: signature or docstring differ between stub and solution"
    ]
    (easy,) = problems.pop("02_easy: the stub is not started")
    assert "test_double_doubles: PASSED" in easy
    wrong = problems.pop("03_wrong: the solution passes with 2 seeds, in-process and judged alike")
    assert len(wrong) == 4
    assert all("test_double_doubles" in line for line in wrong)
    assert {re.split(", ", line)[1] for line in wrong} == {"judged", "in-process"}
    assert problems == {}
    assert done.out.rstrip().splitlines()[-1] == "8 problems"


def test_a_missing_file_is_told_and_does_not_end_the_check(tmp_path):
    """What else there is to say is said as well."""
    parts = ("stub", "solution", "spec")
    course = make_course(tmp_path, sound={}, **{f"no_{part}": {part: None} for part in parts})
    claims = list(check(course, 1))
    for part, exercise in zip(parts, course.exercises[1:], strict=True):
        path = getattr(exercise, part).relative_to(tmp_path)
        assert f"{path} is missing" in claims[0].problems
    texts = {claim.text: claim.problems for claim in claims}
    assert texts["01_sound: the stub is not started"] == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"stub": STUB.replace("(x)", "(y)")}, "double: signature or docstring differ"),
        ({"stub": STUB.replace("# TODO", "# Later")}, "double.py has no TODO"),
        ({"stub": STUB + "\n\ndef more():\n    pass\n"}, "more is in the stub only"),
        ({"solution": SOLUTION + "\n\nclass More:\n    pass\n"}, "More is in the solution only"),
    ],
    ids=["signature", "TODO", "stub only", "solution only"],
)
def test_a_stub_that_is_not_the_solutions_is_told(tmp_path, changes, told):
    """Name by name. The claims are made one after another, so that the first come at once."""
    claims = check(make_course(tmp_path, double=changes), 1)
    assert next(claims).problems == ()
    claim = next(claims)
    assert claim.text.startswith("01_double: the stub has")
    (problem,) = claim.problems
    assert told in problem


def test_what_only_a_solution_needs_may_be_in_it_alone(tmp_path):
    """A private function."""
    changes = {"solution": SOLUTION + "\n\ndef _helps():\n    pass\n"}
    claims = check(make_course(tmp_path, double=changes), 1)
    assert [next(claims).problems, next(claims).problems] == [(), ()]


def test_a_spec_that_a_thoughtless_answer_passes_is_told(tmp_path):
    """With what it was answered, for each such answer."""
    lazy = SPEC.replace("2 * x)", "1.0, rtol=0.5)").replace("rng.normal()", "0.5")
    course = make_course(tmp_path, double={"spec": lazy})
    (claim,) = [claim for claim in check(course, 1) if "trivial answers" in claim.text]
    assert "test_double_doubles: passes when everything answers with one" in claim.problems
    assert "test_double_doubles: passes when everything answers with zeros" not in claim.problems


# Known mistakes

HALF = """[[mistake]]
name = "half"
title = "half of x"
before = "2 * x"
after = "x / 2"
hint = "Twice is more than once."
"""


def problems_of_mistakes(root, catalogue, **changes):
    """What is said against a catalogue of the one exercise of a course."""
    course = make_course(root, double={"mistakes": catalogue, **changes})
    (claim,) = [c for c in check(course, 1) if c.text.startswith("01_double: every known mistake")]
    return claim.problems


def test_a_mistake_that_is_caught_and_named_is_no_problem(tmp_path):
    """It is run as a submission would be, in both ways."""
    assert problems_of_mistakes(tmp_path, HALF) == ()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("x / 2", "x * 2", "other: no core spec notices it"),
        ("once.", 'once."\ncaught = "stretch', "other: no stretch spec notices it"),
        ("2 * x", "3 * x", "other: what it changes is 0 times in double.py"),
        ('"2 * x"', '"x"', "other: what it changes is "),
        ("Twice is", "Twice is more and " * 20, "other: its hint has 376 characters, and 200 fit"),
    ],
    ids=["unseen", "untiered", "nowhere", "everywhere", "wordy"],
)
def test_each_fault_of_a_catalogue_is_told_with_the_mistakes_name(tmp_path, right, wrong, told):
    """The other mistake in it is sound, and no problem is made of that."""
    assert HALF.count(right) == 1
    other = HALF.replace(right, wrong).replace("half", "other", 1).replace("x / 2", "x / 3")
    (problem,) = problems_of_mistakes(tmp_path, HALF + other)
    assert told in problem


def test_mistakes_that_no_answer_tells_apart_are_not_named(tmp_path):
    """Of too many that behave alike, none can be named, and each is reported."""
    names = ("half", "half_b", "half_c", "half_d")
    catalogue = "".join(HALF.replace('"half"', f'"{name}"') for name in names)
    problems = problems_of_mistakes(tmp_path, catalogue)
    assert problems == tuple(f"{name}: it is noticed, but not named" for name in names)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "catalogue",
    ["[[mistake", HALF.replace("hint", "tip"), HALF + 'caught = "kore"\n', "mistake = 5\n"],
    ids=["no TOML", "a key", "a tier", "no list"],
)
def test_a_catalogue_that_cannot_be_read_is_a_problem_that_is_told(tmp_path, catalogue):
    """With its file; it does not end the check."""
    (problem,) = problems_of_mistakes(tmp_path, catalogue)
    assert "01_double.toml" in problem


def fingerprint_problems(course):
    (claim,) = [claim for claim in check(course, 1) if "fingerprints" in claim.text]
    return claim.problems


def test_fingerprints_that_are_out_of_date_are_told(tmp_path):
    """Until they are written again; they are for the mistakes as they are now."""
    course = make_course(tmp_path, double={"mistakes": HALF})
    (exercise,) = course.exercises
    (problem,) = fingerprint_problems(course)
    assert problem.endswith("is out of date; write it again with `grader fingerprint`")
    exercise.fingerprints.write_text(fingerprints_of(exercise), "utf-8")
    assert fingerprint_problems(course) == ()
    exercise.fingerprints.write_text("{", "utf-8")
    (problem,) = fingerprint_problems(course)
    assert "expected what `grader fingerprint` writes" in problem


def test_the_command_writes_the_fingerprints_that_are_there(process, handed_out):
    """Of the real course, byte for byte but for rounding: they are part of it."""
    exercise = find_course(handed_out).named("simple_layers")
    settings = handed_out / "pyproject.toml"
    text = re.sub(r'    "(?!01_|12_)\d\d_\w+",\n', "", settings.read_text("utf-8"))
    settings.write_text(text, "utf-8")
    before = read(exercise.fingerprints)
    exercise.fingerprints.unlink()
    done = process("-c", COMMAND, "fingerprint", cwd=handed_out)
    assert done.returncode == 0, done.out + done.err
    assert "01_simple_layers.json" in done.out
    parsed = ast.walk(ast.parse(exercise.spec.read_text("utf-8")))
    specs = [node.name for node in parsed if isinstance(node, ast.FunctionDef)]
    assert same(read(exercise.fingerprints), before, specs)


# Tricks

TABLE = '"""The one result that is published."""\n\n\ndef double(x):\n    return 3.0\n'


def test_a_trick_that_scores_is_reported(tmp_path):
    """With what it passes; one that does not score is no problem."""
    published = SPEC.replace("rng.normal()", "1.5")
    course = make_course(tmp_path, double={"spec": published})
    texts = [claim.text for claim in check(course, 1)]
    assert not [text for text in texts if "trick" in text]  # without the folder
    (exercise,) = course.exercises
    exercise.tricks.mkdir(parents=True)
    (exercise.tricks / "table.py").write_text(TABLE, "utf-8")
    (exercise.tricks / "other.py").write_text(TABLE.replace("3.0", "4.0"), "utf-8")
    (claim,) = [claim for claim in check(course, 1) if "trick" in claim.text]
    assert claim.text == "01_double: no trick scores what it fakes"
    assert claim.problems == ("table: it scores 1 points, and may score 0: test_double_doubles",)


def test_a_trick_that_cannot_be_read_is_reported(tmp_path):
    """It does not end the check."""
    course = make_course(tmp_path, double={})
    (exercise,) = course.exercises
    exercise.tricks.mkdir(parents=True)
    (exercise.tricks / "table.py").write_text("", "utf-8")
    (claim,) = [claim for claim in check(course, 1) if "trick" in claim.text]
    assert claim.problems[0].startswith("trick table: expected a docstring")


def test_an_exercise_of_a_part_that_is_not_taught_may_stay(tmp_path):
    """Its files are no leftover; those of an exercise that no part lists are."""
    course = make_course(tmp_path, taught={}, left={})
    parts = [{"title": one.name, "exercises": [one.name]} for one in course.exercises]
    tables = "".join(
        f'[[tool.kata.parts]]\ntitle = "{part["title"]}"\nexercises = {part["exercises"]}\n'
        for part in parts
    )
    text = f"[tool.kata]\nexercises = ['01_taught']\n{tables}"
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    (tmp_path / "solutions" / "04_forgotten").mkdir()
    load_course.cache_clear()
    trees = next(check(find_course(tmp_path)))
    assert trees.problems == (
        "solutions/04_forgotten is not listed in [tool.kata] of pyproject.toml",
    )
