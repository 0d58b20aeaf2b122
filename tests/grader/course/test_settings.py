"""A course is found, and its settings are read."""

from pathlib import Path

import pytest

import grader.course.course
import grader.course.settings
from grader.course.limits import Limits
from grader.course.settings import current_course, find_course, use_course
from grader.errors import CourseError
from grader.messages.language import speaking


@pytest.fixture
def root(tmp_path):
    """A course with two exercises."""
    settings = '[tool.kata]\nexercises = ["01_mul_layer", "02_affine"]\n'
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    (tmp_path / "exercises" / "02_affine").mkdir(parents=True)
    return tmp_path


def test_the_exercises_come_in_the_order_of_the_settings(root):
    """Not in that of the alphabet or of the folders."""
    settings = '[tool.kata]\nexercises = ["02_b", "01_a"]\n'
    (root / "pyproject.toml").write_text(settings, "utf-8")
    course = find_course(root)
    assert [exercise.name for exercise in course.exercises] == ["02_b", "01_a"]


@pytest.mark.parametrize(
    "start", [".", "exercises", "exercises/02_affine", "exercises/02_affine/affine.py"]
)
def test_a_course_is_found_from_anything_in_it(root, start):
    """From its folder, a folder below, and a file, whether it exists or not."""
    course = find_course(root / start)
    assert course.root == root
    assert [exercise.name for exercise in course.exercises] == ["01_mul_layer", "02_affine"]


def test_a_course_is_found_from_a_relative_path(root, monkeypatch):
    """A path such as a command line has leads upwards beyond the current folder."""
    monkeypatch.chdir(root / "exercises")
    course = find_course(Path("02_affine"))
    assert course is not None
    assert course.root == root


def test_a_relative_path_means_the_folder_of_now(root, monkeypatch, tmp_path_factory):
    """The answer for "." does not outlive a change of the current folder."""
    monkeypatch.chdir(root)
    assert find_course(Path(".")) is not None
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert find_course(Path(".")) is None


def test_the_nearest_course_is_the_one(root):
    """A clone inside a clone is a course of its own."""
    inner = root / "exercises" / "clone"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[tool.kata]\nexercises = ["01_a"]\n', "utf-8")
    assert find_course(inner).root == inner


def test_a_project_that_is_no_course_is_passed_by(root):
    """A pyproject.toml without [tool.kata] does not hide the course around it."""
    inner = root / "exercises" / "project"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\na = 1\n", "utf-8")
    assert find_course(inner).root == root


def test_outside_of_a_course_there_is_none(tmp_path):
    """It is for the caller to say what that means."""
    assert find_course(tmp_path) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (b"[tool.kata", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        (b"[tool.kata]\n", "exercises"),
        (b"[tool.kata]\nexercises = 3\n", "exercises"),
        (b"[tool.kata]\nexercises = [1]\n", "exercises"),
        (b"[tool]\nkata = 3\n", "exercises"),
    ],
)
def test_wrong_settings_are_told_with_the_file(tmp_path, settings, told):
    """The message names the file and what is wrong in it."""
    (tmp_path / "pyproject.toml").write_bytes(settings)
    with pytest.raises(CourseError) as caught:
        find_course(tmp_path)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert told in str(caught.value)


LIMITS = b"[tool.kata]\nexercises = []\n[tool.kata.limits]\n"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (LIMITS + b"speed = 3\n", "there is no limit 'speed'"),
        (LIMITS + b"call_seconds = 0\n", "the limit call_seconds is 0"),
        (LIMITS + b"call_seconds = nan\n", "the limit call_seconds is nan"),
        (LIMITS + b"memory_mib = 0.5\n", "expected a whole number"),
        (b"[tool.kata]\nexercises = []\nlimits = 3\n", "[tool.kata.limits]"),
        (b"[tool.kata]\nexercises = []\nlimits = ['files']\n", "[tool.kata.limits]"),
    ],
)
def test_wrong_limits_are_told_with_the_file(tmp_path, settings, told):
    """A limit that is misspelt must not silently be the default."""
    (tmp_path / "pyproject.toml").write_bytes(settings)
    with pytest.raises(CourseError) as caught:
        find_course(tmp_path)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert told in str(caught.value)


def test_a_course_sets_limits_of_its_own(root):
    """Those that it does not name are the defaults."""
    settings = "[tool.kata]\nexercises = []\n[tool.kata.limits]\ncall_seconds = 5\nfiles = 9\n"
    (root / "pyproject.toml").write_text(settings, "utf-8")
    assert find_course(root).limits == Limits(call_seconds=5, files=9)


def test_without_settings_the_limits_are_the_defaults(root):
    """A course need not think of them."""
    assert find_course(root).limits == Limits()


@pytest.mark.parametrize("hints", ["3", "-1", "true", '"all"'])
def test_hints_that_there_are_not_are_told(tmp_path, hints):
    """A number of steps from 0 to 2 is expected, and the file is named."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text(f"[tool.kata]\nexercises = []\nhints = {hints}\n", "utf-8")
    with pytest.raises(CourseError, match=r"pyproject.toml: \[tool.kata\] hints: expected 0"):
        find_course(tmp_path)


@pytest.mark.parametrize("modules", ['"scipy"', "[1]", '["a.b"]', '["a,b"]', '["-c"]', '[""]'])
def test_modules_that_are_no_names_are_told(tmp_path, modules):
    """A list of names at the top level is expected; they are passed to a new interpreter."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text(f"[tool.kata]\nexercises = []\nmodules = {modules}\n", "utf-8")
    with pytest.raises(CourseError, match=r"\[tool.kata\] modules: expected a list of names"):
        find_course(tmp_path)


def test_a_course_names_the_modules_that_it_allows(tmp_path):
    """None by default."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.kata]\nexercises = []\nmodules = ["scipy", "pandas"]\n', "utf-8")
    assert find_course(tmp_path).modules == ("scipy", "pandas")


def test_a_policy_of_follow_through_is_one_of_three(root):
    """What else is there is reported, with the place."""
    text = (root / "pyproject.toml").read_text("utf-8")
    assert find_course(root).follow_through == "off"
    (root / "pyproject.toml").write_text(f'{text}follow_through = "count"\n', "utf-8")
    grader.course.settings.load_course.cache_clear()
    assert find_course(root).follow_through == "count"
    (root / "pyproject.toml").write_text(f"{text}follow_through = true\n", "utf-8")
    grader.course.settings.load_course.cache_clear()
    with pytest.raises(CourseError, match=r"follow_through: expected .* found True"):
        find_course(root)


def test_a_course_that_is_named_comes_before_that_of_the_working_directory(root, monkeypatch):
    """As with `grader --course`; a folder in it will do."""
    monkeypatch.setattr(grader.course.settings, "_named", None)
    assert current_course().root != root
    use_course(root / "exercises" / ".." / "exercises")
    assert current_course().root == root


def test_a_course_that_is_named_and_is_none_is_told(tmp_path, monkeypatch):
    """The commands do not go on with another one."""
    monkeypatch.setattr(grader.course.settings, "_named", None)
    with pytest.raises(CourseError, match="expected a course"):
        use_course(tmp_path)


def test_without_any_course_it_is_said_how_to_make_one(tmp_path, monkeypatch):
    """Seen with a wheel that held no course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grader.course.settings, "HOME", tmp_path)
    with pytest.raises(CourseError, match="`kata start DIR`, or with its solutions `grader new"):
        current_course()


PARTS = """
[[tool.kata.parts]]
title = { en = "One", zh-CN = "一" }
exercises = ["01_a", "02_b"]
[[tool.kata.parts]]
title = "Two"
exercises = ["03_c"]
[[tool.kata.parts]]
title = "Not there yet"
exercises = []
"""


def with_settings(folder, settings):
    (folder / "pyproject.toml").write_text(settings, "utf-8")
    return find_course(folder)


def test_exercises_of_parts_are_those_of_the_course(tmp_path):
    """None is listed twice; a part without exercises is not shown."""
    course = with_settings(tmp_path, f"[tool.kata]{PARTS}")
    assert [one.name for one in course.exercises] == ["01_a", "02_b", "03_c"]
    assert [(part.number, part.title) for part in course.parts] == [(1, "One"), (2, "Two")]
    assert [part.exercises for part in course.parts] == [("01_a", "02_b"), ("03_c",)]
    with speaking("zh-CN"):
        assert [part.title for part in course.parts] == ["一", "Two"]


@pytest.mark.parametrize(
    ("chosen", "parts", "left_out"),
    [
        (["03_c"], [], ("01_a", "02_b")),
        (["02_b", "01_a"], [], ("03_c",)),
        (["03_c", "01_a"], [(1, "Two", ("03_c",)), (2, "One", ("01_a",))], ("02_b",)),
    ],
)
def test_exercises_chooses_among_those_of_parts(tmp_path, chosen, parts, left_out):
    """A class that is taught one part has no parts; the numbers are of those that are taught."""
    course = with_settings(tmp_path, f"[tool.kata]\nexercises = {chosen}{PARTS}")
    assert [one.name for one in course.exercises] == chosen
    assert [(part.number, part.title, part.exercises) for part in course.parts] == parts
    assert course.left_out == left_out


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (f'exercises = ["09_z"]{PARTS}', "exercises: 09_z is in none of the parts"),
        (f'exercises = ["01_a", "03_c", "02_b"]{PARTS}', "those of a part have to follow"),
        (f"exercises = 3{PARTS}", "exercises: expected a list of folder names, found 3"),
        ("parts = 3", "parts: expected tables .*, found 3"),
        ("parts = [3]", "parts: expected tables"),
        ('parts = [{ title = "x" }]', "number 1: exercises: expected a list of folder names"),
        ('parts = [{ title = "x", exercises = [1] }]', "number 1: exercises: expected a list"),
        ("parts = [{ exercises = [] }]", "number 1: title: expected a text"),
        ('parts = [{ title = " ", exercises = [] }]', "number 1: title: expected a text"),
        ('parts = [{ title = { zh-CN = "x" }, exercises = [] }]', "en is needed"),
        ('parts = [{ title = { en = "x", fr = "y" }, exercises = [] }]', "title: expected a text"),
        ('parts = [{ title = "x", exercises = [], points = 3 }]', "found points"),
        (f'{PARTS}[[tool.kata.parts]]\ntitle = "x"\nexercises = ["01_a"]', "01_a is listed twice"),
    ],
)
def test_parts_that_are_wrong_are_told(tmp_path, settings, told):
    """The setting, what was expected and what was found."""
    with pytest.raises(CourseError, match=rf"pyproject.toml: \[tool.kata\] .*{told}"):
        with_settings(tmp_path, f"[tool.kata]\n{settings}\n")
