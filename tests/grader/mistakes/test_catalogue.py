"""The catalogue of known mistakes: what its files may hold, and how a mistake is made."""

from collections import Counter
from pathlib import Path

import pytest

from grader.checks.course_check import MAX_HINT
from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.mistakes.catalogue import Mistake, make, read_mistakes
from grader.verdicts.verdict import Tier

COURSE = find_course(Path(__file__).parents[3])
EXERCISES = pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda one: one.name)
MAX_TITLE = 60

ENTRY = """[[mistake]]
name = "half"
title = "doubled by half"
before = "2 * x"
after = "x / 2"
hint = "Twice is more."
"""
SOLUTION = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def write(tmp_path):
    """An exercise with this catalogue (none if it is None), and this solution."""

    def write(catalogue, solution=SOLUTION):
        exercise = Exercise(tmp_path, "01_double")
        for path, text in ((exercise.mistakes, catalogue), (exercise.solution, solution)):
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, "utf-8")
        read_mistakes.cache_clear()  # two tests may get one folder
        return exercise

    return write


def refuse(exercise):
    """What is said against a catalogue; that it is refused is part of the test."""
    with pytest.raises(CourseError) as caught:
        read_mistakes(exercise)
    return str(caught.value)


# What a catalogue may hold


@pytest.mark.parametrize("catalogue", [None, "", "# none yet\n"], ids=["missing", "empty", "blank"])
def test_an_exercise_without_a_catalogue_has_no_known_mistakes(write, catalogue):
    """Whether there is no file, or nothing in it."""
    assert read_mistakes(write(catalogue)) == ()


def test_a_catalogue_is_read_in_its_order(write):
    """With all that it says; a core spec has to notice a mistake, if nothing else is said."""
    other = ENTRY.replace("half", "third") + 'caught = "stretch"\n'
    first, second = read_mistakes(write(ENTRY + other))
    assert first == Mistake("half", "doubled by half", "2 * x", "x / 2", "Twice is more.")
    assert (first.caught, second.caught) == ("core", "stretch")
    assert second.name == "third"


@pytest.mark.parametrize("content", [b"[[mistake", b"name = \n", b"name = 'caf\xe9'\n"])
def test_a_file_that_is_no_toml_is_refused_by_its_name(write, content):
    """Broken brackets, no value, another encoding."""
    exercise = write(None)
    exercise.mistakes.write_bytes(content)
    assert str(exercise.mistakes) in refuse(exercise)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("hint = ", "tip = ", "hint"),
        ('hint = "Twice is more."', "", "hint"),
        ('name = "half"', "name = 5", "text"),
        ('after = "x / 2"', 'after = ["x / 2"]', "text"),
    ],
    ids=["an unknown key", "a missing key", "a number", "a list"],
)
def test_a_mistake_that_is_not_described_right_is_refused_by_its_place(write, right, wrong, told):
    """The file, and which of its mistakes; the one before it is right."""
    assert ENTRY.count(right) == 1
    exercise = write(ENTRY + ENTRY.replace(right, wrong))
    message = refuse(exercise)
    assert f"{exercise.mistakes}, mistake 2: " in message
    assert told in message


@pytest.mark.parametrize(
    "catalogue",
    [
        "mistake = 5\n",
        "mistake = 'half'\n",
        "mistake = ['']\n",
        "mistake = [[]]\n",
        ENTRY.replace("[[mistake]]", "[mistake]"),
        ENTRY.replace("[[mistake]]", "[[mistakes]]"),
        ENTRY + 'caught = "kore"\n',
    ],
    ids=["number", "text", "texts", "lists", "one table", "misspelled", "no tier"],
)
def test_a_file_of_another_kind_is_refused(write, catalogue):
    """Nothing in it is passed over in silence, and nothing else is raised."""
    exercise = write(catalogue)
    assert str(exercise.mistakes) in refuse(exercise)


# Making one


def test_a_mistake_is_the_solution_with_one_change(write):
    """Under the name that a submission would have, which is what tracebacks show."""
    exercise = write(ENTRY)
    (mistake,) = read_mistakes(exercise)
    source = make(mistake, exercise)
    assert source.text == "def double(x):\n    return x / 2\n"
    assert source.filename == "/submission/double/double.py"
    assert exercise.solution.read_text("utf-8") == SOLUTION


@pytest.mark.parametrize(
    ("solution", "count"),
    [(SOLUTION.replace("2 * x", "x + x"), 0), (SOLUTION + "# 2 * x\n", 2)],
    ids=["nowhere", "twice"],
)
def test_a_mistake_that_does_not_apply_exactly_once_is_refused(write, solution, count):
    """With its name, its file, and how often it would."""
    exercise = write(ENTRY, solution)
    (mistake,) = read_mistakes(exercise)
    with pytest.raises(CourseError) as caught:
        make(mistake, exercise)
    assert f"{exercise.mistakes}, half: " in str(caught.value)
    assert f" {count} times " in str(caught.value)


# The catalogues of the course: the rest is proved by `grader check`


@EXERCISES
def test_every_mistake_of_the_course_can_be_made(exercise):
    """Each changes the solution in one place, to something that is still Python."""
    mistakes = read_mistakes(exercise)
    assert len(mistakes) >= 10
    solution = exercise.solution.read_text("utf-8")
    made = [make(mistake, exercise).text for mistake in mistakes]
    for mistake, text in zip(mistakes, made, strict=True):
        assert text != solution, mistake.name
        compile(text, mistake.name, "exec")
    assert len(set(made)) == len(made)


@EXERCISES
def test_what_a_learner_reads_of_a_mistake_is_short(exercise):
    """A title fits on a line, a hint on three; neither is blank."""
    for mistake in read_mistakes(exercise):
        assert 0 < len(mistake.title.strip()) == len(mistake.title) <= MAX_TITLE, mistake.name
        assert 0 < len(mistake.hint.strip()) == len(mistake.hint) <= MAX_HINT, mistake.name
        assert "\n" not in mistake.title + mistake.hint, mistake.name
        assert mistake.caught in [tier.value for tier in Tier], mistake.name


def test_no_two_mistakes_of_the_course_have_one_name():
    """Over all exercises; and a name is one that could be a function's."""
    names = Counter(one.name for each in COURSE.exercises for one in read_mistakes(each))
    assert [name for name, count in names.items() if count > 1] == []
    assert all(name.isidentifier() for name in names)
