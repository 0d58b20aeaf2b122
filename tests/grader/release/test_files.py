"""What a learner's folder is made of."""

import json

import pytest

from grader.course.course import KEPT
from grader.course.settings import find_course, load_course
from grader.errors import CourseError
from grader.release.files import (
    IGNORED,
    PRISTINE,
    alias,
    handout,
    package,
    without_links,
    without_names,
)

WITHHELD = "\n\n@pytest.mark.withheld\ndef test_Affine_hidden(student):\n    '''Hidden.'''\n"


def stubs_of(course):
    return {exercise: f"# {exercise.name}\n".encode() for exercise in course.exercises}


@pytest.fixture
def course(handed_out):
    yield find_course(handed_out)
    load_course.cache_clear()


def with_settings(course, line):
    """The course with one more line of settings."""
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[tool.kata]\n", f"[tool.kata]\n{line}\n", 1), "utf-8")
    load_course.cache_clear()
    return find_course(course.root)


def fingerprints(files):
    return json.loads(files["tests/mistakes/03_affine.json"])


def test_each_exercise_has_its_lesson_stub_and_spec_and_the_stub_is_kept_twice(course):
    """The second copy is what `kata reset` takes; the stubs are those that were given."""
    files = handout(course, stubs_of(course))
    for exercise in course.exercises:
        stub = f"exercises/{exercise.name}/{exercise.filename}"
        assert files[stub] == f"# {exercise.name}\n".encode()
        assert files[f"{PRISTINE}/{exercise.name}/{exercise.filename}"] == files[stub]
        assert f"exercises/{exercise.name}/README.md" in files
        assert f"tests/specs/test_{exercise.name}.py" in files
    assert files[".gitignore"] == IGNORED.encode()


def test_nothing_else_of_the_instructors_is_taken_along(course):
    """Neither solutions and mistakes nor whatever lies around."""
    for name in ("exercises/03_affine/notes.py", "exercises/03_affine/marks.csv", "secret"):
        (course.root / name).write_text("mine", "utf-8")
    files = handout(course, stubs_of(course))
    assert b"mine" not in files.values()
    assert not [path for path in files if path.startswith("solutions/")]
    assert not [
        path for path in files if path.startswith("tests/mistakes/0") and path.endswith(".toml")
    ]
    assert "tests/mistakes/zh-CN.toml" in files


def test_what_withheld_specs_would_give_away_is_left_out(course):
    """Also from the translations and the fingerprints."""
    spec = course.named("affine").spec
    spec.write_text(spec.read_text("utf-8") + WITHHELD, "utf-8")
    catalogue = spec.parent / "zh-CN.toml"
    catalogue.write_text(catalogue.read_text("utf-8") + '"Hidden." = "暗中测试。"\n', "utf-8")
    known = course.named("affine").fingerprints
    entries = json.loads(known.read_text("utf-8"))
    hidden = {"test_Affine_hidden": ["raised", "x", ""]}
    only = {**entries[0], "name": "only_hidden", "title": "Only there.", "failures": hidden}
    entries[1]["failures"].update(hidden)
    known.write_text(json.dumps([*entries, only]), "utf-8")
    files = handout(course, stubs_of(course))
    told = b"".join(files.values()).decode("utf-8", "ignore")
    for secret in ("test_Affine_hidden", "暗中测试", "only_hidden", "Only there."):
        assert secret not in told
    assert len(fingerprints(files)) == len(entries)


@pytest.mark.parametrize("hints", [0, 1, 2])
def test_hints_are_handed_out_as_far_as_the_course_goes(course, hints):
    """None, or what to think of, or also which mistake it is."""
    full = json.loads(course.named("affine").fingerprints.read_text("utf-8"))
    files = handout(with_settings(course, f"hints = {hints}"), stubs_of(course))
    told = b"".join(files.values()).decode("utf-8", "ignore")
    title, hint = full[0]["title"], full[0]["hint"]
    assert (json.dumps(hint)[1:-1] in told) is (hints > 0)
    assert (json.dumps(title)[1:-1] in told) is (hints > 1)
    if hints == 1:
        assert fingerprints(files)[0]["name"] == alias(full[0]["name"])
        assert fingerprints(files)[0]["failures"] == full[0]["failures"]
    if hints == 0:
        assert "tests/mistakes/03_affine.json" not in files


def test_an_alias_is_the_same_each_time_and_tells_nothing():
    """Two mistakes have two."""
    assert alias("affine_db") == alias("affine_db") != alias("affine_dx")
    assert "affine" not in alias("affine_db")


def test_a_translation_that_cannot_be_taken_out_is_told(course):
    """A line for each text: what goes over several would be taken out in part."""
    spec = course.named("affine").spec
    spec.write_text(spec.read_text("utf-8") + WITHHELD, "utf-8")
    catalogue = spec.parent / "zh-CN.toml"
    text = catalogue.read_text("utf-8") + '"Hidden." = """\n暗中测试。"""\n'
    catalogue.write_text(text, "utf-8")
    with pytest.raises(CourseError, match=r"zh-CN\.toml: expected one line for each text"):
        handout(course, stubs_of(course))


def test_a_package_is_its_sources_and_the_data_beside_them():
    """Not what Python or an editor has left there."""
    files = package("grader")
    assert "grader/course/course.py" in files
    assert "grader/messages/zh-CN.toml" in files
    assert not [path for path in files if "__pycache__" in path or "/." in path]


@pytest.mark.parametrize("taught", [["01_simple_layers", "02_activations"], ["12_pooling"]])
def test_nothing_is_handed_out_of_exercises_that_are_not_taught(course, taught):
    """Neither lesson, stub, spec nor mistake, nor a row in the tables of exercises.

    These build on no other.
    """
    others = {one.name for one in course.exercises} - set(taught)
    chosen = with_settings(course, f"exercises = {taught}")
    assert others <= set(chosen.left_out)
    files = handout(chosen, stubs_of(chosen))
    for name in others:
        assert not [path for path in files if name in path], name
        for index in ("exercises/README.md", "exercises/README.zh-CN.md"):
            assert f"]({name}/".encode() not in files[index]
    for name in taught:
        assert f"exercises/{name}/README.md" in files
        assert f"]({name}/".encode() in files["exercises/README.md"]


def test_what_is_taught_builds_on_is_handed_out_finished(course):
    """Twice: where it would be, and where nobody edits it. Neither lesson, nor spec, nor stub."""
    chosen = with_settings(course, 'exercises = ["06_two_layer_net"]')
    files = handout(chosen, stubs_of(chosen))
    given = ["02_activations", "03_affine", "04_softmax_with_loss", "05_numerical_gradient"]
    assert [one.name for one in chosen.given] == given
    for one in chosen.given:
        place = f"exercises/{one.name}/{one.filename}"
        kept = f"{KEPT}/{one.name}/{one.filename}"
        assert {path for path in files if one.name in path} == {place, kept}
        assert files[place] == files[kept] == one.solution.read_bytes()
    for name in ("01_simple_layers", "07_mnist", "13_conv_net"):
        assert not [path for path in files if name in path]


def test_a_folder_of_git_keeps_what_is_given(course):
    """What `kata` remembers beside it is ignored."""
    assert f"!{KEPT}/\n" in IGNORED


def test_an_index_of_a_whole_course_is_handed_out_as_it_is(course):
    """To the byte."""
    path = course.root / "exercises" / "README.md"
    assert handout(course, stubs_of(course))["exercises/README.md"] == path.read_bytes()


LESSON = """# 08

Before you start: finish lesson 03.

```python
>>> 1

1
```

## Notice

{notice}

## Next

[09](../09_b/README.md): how to begin.
Or go back.
{more}"""


@pytest.mark.parametrize(
    ("more", "end"),
    [
        ("", ""),
        ("\nThat is all.\n", "\n\n## Next\n\nThat is all."),
        ("\n## Later\n\nMore.\n", "\n\n## Later\n\nMore."),
    ],
)
def test_a_lesson_does_not_lead_to_one_that_is_not_handed_out(more, end):
    """The paragraph goes, with its heading if nothing else is below it; the rest stays."""
    lesson = LESSON.format(notice="It works.", more=more)
    kept = lesson.partition("\n\n## Next")[0]
    assert without_links(lesson, ["09_b"]) == f"{kept}{end}\n"
    assert without_links(lesson, ["10_c"]) == lesson


def test_headings_that_have_nothing_below_them_from_the_start_stay():
    """Only what is left out makes a heading empty."""
    text = "# A\n\n## B\n\n### C\n\n[09](../09_b/x)\n\n### D\n\nd\n"
    assert without_links(text, ["09_b"]) == "# A\n\n## B\n\n### D\n\nd\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('x = [\n    "a",\n    "b",\n    "c",\n]\n', 'x = [\n    "a",\n    "c",\n]\n'),
        ('x = ["a", "b", "c"]\n', 'x = ["a", "c"]\n'),
        ('x = ["b", "a"]\n', 'x = ["a"]\n'),
        ('x = ["ab", "b.c"] # b\n', 'x = ["ab", "b.c"] # b\n'),
    ],
)
def test_names_are_taken_out_of_lists_however_these_are_written(before, after):
    """One in each line, or all in one; other texts with the name in them stay."""
    assert without_names(before, ["b"]) == after


def test_settings_of_an_editor_stay_valid(course):
    """JSON knows no comma before the end of a list."""
    (course.root / ".vscode").mkdir()
    settings = course.root / ".vscode" / "settings.json"
    listed = [f"exercises/{one.name}" for one in course.exercises]
    settings.write_text(json.dumps({"extraPaths": listed}, indent=4), "utf-8")
    chosen = with_settings(course, 'exercises = ["03_affine"]')
    files = handout(chosen, stubs_of(chosen))
    assert json.loads(files[".vscode/settings.json"]) == {"extraPaths": ["exercises/03_affine"]}
