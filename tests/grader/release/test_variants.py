"""Variants: exercises that are put into a course when they are wanted."""

import doctest
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import grader.course.course
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.bundle import bundle
from grader.release.variants import add, variants

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
VARIANT = ROOT / "tests" / "variants" / "14_prelu"


@pytest.fixture
def course(handed_out):
    """A copy of the course, with its variants."""
    shutil.copytree(ROOT / "tests" / "variants", handed_out / "tests" / "variants")
    return find_course(handed_out)


def commit(course):
    """Stubs are handed out as they were committed."""
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@x.invalid"]
        subprocess.run(["git", *who, *command], cwd=course.root, check=True)


def anew(course):
    """The course as its settings say now."""
    grader.course.settings.load_course.cache_clear()
    return find_course(course.root)


def leave_out_the_others(course):
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8")
    start, end = text.index("exercises = ["), text.index('"14_prelu"')
    settings.write_text(f"{text[:start]}exercises = [{text[end:]}", "utf-8")
    for exercise in course.exercises:
        shutil.rmtree(exercise.stub.parent)
        shutil.rmtree(exercise.solution.parent)


def test_a_variant_becomes_the_last_exercise(course):
    """All that belongs to an exercise is where it belongs, and nothing else has changed."""
    before = {exercise.name for exercise in course.exercises}
    known = (course.root / "tests/specs/zh-CN.toml").read_text("utf-8")
    assert list(variants(course)) == ["14_prelu"]
    written = add(course, "14_prelu")
    changed = anew(course)
    exercise = changed.exercises[-1]
    assert exercise.name == "14_prelu"
    assert {one.name for one in changed.exercises[:-1]} == before
    for path in (exercise.stub, exercise.lesson, exercise.solution, exercise.spec):
        assert path in written
        assert path.is_file()
    assert variants(changed) == {}
    joined = (course.root / "tests/specs/zh-CN.toml").read_text("utf-8")
    assert joined.startswith(known.rstrip())
    assert joined.count("A batch of one sample works like any other.") == 1


def test_a_variant_that_is_not_there_or_in_the_way_is_told(course):
    """And nothing is written."""
    with pytest.raises(CourseError, match=r"no variant '15_swish'.*there is 14_prelu"):
        add(course, "15_swish")
    mine = course.root / "exercises" / "14_prelu" / "prelu.py"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    with pytest.raises(CourseError, match="is there already"):
        add(course, "14_prelu")
    assert mine.read_text("utf-8") == "mine"
    assert anew(course).exercises == course.exercises
    mine.unlink()
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("exercises = [", "others = ["), "utf-8")
    with pytest.raises(CourseError, match="expected a list of exercises"):
        add(course, "14_prelu")
    assert not mine.exists()


@pytest.mark.parametrize(
    "listed", ['["01_a"]', '["01_a",]', '[ "01_a", "02_b" ]', '[\n    "01_a",\n    "02_b",\n]']
)
def test_the_list_of_exercises_may_be_written_in_any_way(course, listed):
    """On one line or several, with a comma at the end or without."""
    head = '[project]\nname = "x"\n\n[tool.kata] # [x]\nshown = ["x"]\n'
    text = f"{head}exercises = {listed}\n[tool.x]\n"
    (course.root / "pyproject.toml").write_text(text, "utf-8")
    add(anew(course), "14_prelu")
    names = [exercise.name for exercise in anew(course).exercises]
    assert names[0] == "01_a"
    assert names[-1] == "14_prelu"


ONE = '[[tool.kata.parts]]\ntitle = "One"\nexercises = ["01_a"]\n'
LAST = '[[tool.kata.parts]] # [the last]\nexercises = {}\ntitle = {{ en = "Two" }}\n[tool.x]\n'


@pytest.mark.parametrize("chosen", ["", 'exercises = ["01_a", "02_b"]\n'])
@pytest.mark.parametrize("listed", ['["02_b"]', '[\n    "02_b",\n]', '["02_b" ,\n]'])
def test_a_variant_becomes_the_last_exercise_of_the_last_part(course, chosen, listed):
    """And of those that are chosen, if there is a choice."""
    text = f"[tool.kata]\nhints = 1\n{chosen}{ONE}{LAST.format(listed)}"
    (course.root / "pyproject.toml").write_text(text, "utf-8")
    add(anew(course), "14_prelu")
    changed = anew(course)
    assert [exercise.name for exercise in changed.exercises] == ["01_a", "02_b", "14_prelu"]
    assert [part.exercises for part in changed.parts] == [("01_a",), ("02_b", "14_prelu")]


def test_a_part_without_exercises_gets_its_first_one(course):
    """It had none to put a comma after."""
    text = f"[tool.kata]\n{ONE}{LAST.format('[]')}"
    (course.root / "pyproject.toml").write_text(text, "utf-8")
    add(anew(course), "14_prelu")
    assert [part.exercises for part in anew(course).parts] == [("01_a",), ("14_prelu",)]


@pytest.mark.parametrize(
    "settings",
    [
        '[tool.kata]\nexercises = ["01_a" # the last\n]\n',
        f"[tool.kata]\n{ONE}{LAST.format('[]')}".replace("exercises = []", '"exercises" = []'),
        '[tool.kata]\nparts = [{ title = "x", exercises = ["01_a"] }]\n',
    ],
)
def test_a_list_that_cannot_be_changed_safely_is_left_alone(course, settings):
    """The name to add is told, and nothing is written."""
    (course.root / "pyproject.toml").write_text(settings, "utf-8")
    with pytest.raises(CourseError, match=r"expected a list of exercises.*add '14_prelu'"):
        add(anew(course), "14_prelu")
    assert (course.root / "pyproject.toml").read_text("utf-8") == settings
    assert not (course.root / "exercises" / "14_prelu").exists()


def test_the_lesson_is_translated_as_it_is():
    """The translation names the state of the lesson that it is of."""
    lesson = VARIANT / "exercises" / "14_prelu" / "README.md"
    digest = hashlib.sha256(lesson.read_text("utf-8").encode()).hexdigest()[:12]
    translation = lesson.with_name("README.zh-CN.md").read_text("utf-8")
    assert translation.startswith(f"<!-- README.md {digest} -->"), digest


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_examples_of_the_lesson_are_as_it_says(name):
    """Each of them, run."""
    text = (VARIANT / "exercises" / "14_prelu" / name).read_text("utf-8")
    examples = doctest.DocTestParser().get_doctest(re.sub("```.*", "", text), {}, name, name, 0)
    results = doctest.DocTestRunner().run(examples)
    assert (results.attempted, results.failed) == (3, 0)


def test_learners_are_not_given_what_is_not_in_the_course(course):
    """A variant is in the bundle once it is an exercise, and no sooner."""
    commit(course)
    assert not [name for name in bundle(course) if "prelu" in name.lower()]
    add(course, "14_prelu")
    commit(course)
    names = [name for name in bundle(anew(course)) if "prelu" in name]
    assert "exercises/14_prelu/prelu.py" in names
    assert not [name for name in names if "solutions" in name or "variants" in name]


def test_a_course_with_a_variant_is_sound_and_grades_it(process, course):
    """Its stub, solution, mistakes and translations; the command from end to end."""
    listed = process("-m", "grader", "variant", cwd=course.root)
    assert listed.out.split() == ["14_prelu", *["14", "·", "A", "ReLU", "that", "learns"]]
    done = process("-m", "grader", "variant", "14_prelu", cwd=course.root)
    assert done.returncode == 0, done.err
    assert "tests/mistakes/14_prelu.json" in done.out.replace("\\", "/")
    leave_out_the_others(course)  # which have tests of their own, and take long
    done = process("-m", "grader", "check", "--seeds", "3", cwd=course.root)
    assert done.returncode == 0, done.out
    for claim in ("every known mistake is caught", "a learner's fingerprints", "is translated"):
        assert claim in " ".join(done.out.split())
    graded = process("-m", "grader", "grade", "solutions", "--json", "all.json", cwd=course.root)
    assert graded.returncode == 0, graded.err
    (row,) = json.loads((course.root / "all.json").read_text("utf-8"))["submissions"]
    assert (row["points"], row["max_points"]) == (8, 8)
