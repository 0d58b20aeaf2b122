"""A lesson in parts: complete, with answers folded, and with runnable code."""

import pytest

from grader.course.modules import lesson_file
from grader.kata.lessons.lesson import Kind, Part, parts_of
from grader.messages import language
from grader.messages.language import CHINESE

TEXT, PYTHON, COMMAND = Kind


@pytest.fixture
def parts(tmp_path):
    """Split this lesson into parts."""

    def take(markdown):
        (tmp_path / "README.md").write_text(markdown, "utf-8")
        return list(parts_of(tmp_path / "README.md"))

    return take


def test_examples_become_code_that_ends_where_something_is_printed(parts):
    """Without prompts, so that each notebook cell shows the output of the lesson."""
    found = parts(
        "Try:\n\n```python\n>>> a = 1\n>>> a\n1\n>>> for i in (1, 2):\n...     a += i\n```\n"
    )
    assert found == [
        Part(TEXT, "Try:"),
        Part(PYTHON, "a = 1\na", "1\n"),
        Part(PYTHON, "for i in (1, 2):\n    a += i"),
    ]


def test_a_heading_begins_a_part(parts):
    """So that readers can fold and skip sections."""
    found = parts("# A\n\na\n\n## B\n\nb\n\n### C\n")
    assert [part.text for part in found] == ["# A\n\na", "## B\n\nb\n\n### C"]


def test_a_command_is_a_part_of_its_own_and_a_session_is_text(parts):
    """The output of a command is shown; a command without output is for typing."""
    session = "```console\n$ ls\nfile\n```"
    found = parts(f"a\n\n```console\n$ pytest exercises/03_affine\n```\n\n{session}\n")
    assert found[1:] == [Part(COMMAND, "pytest exercises/03_affine"), Part(TEXT, session)]


def test_an_answer_stays_folded_but_its_code_can_be_run(parts):
    """In the order of the lesson; its output is seen only after running it."""
    inside = "One.\n\n```python\n>>> 1 + 1\n2\n```\n\n```text\ntwo\n```\n"
    found = parts(
        f"Ask.\n\n<details>\n<summary>Answer</summary>\n\n{inside}\n</details>\n\nGo on.\n"
    )
    fold = "<details>\n<summary>Answer</summary>\n\n{}\n\n</details>"
    assert found == [
        Part(TEXT, "Ask.\n\n" + fold.format("One.")),
        Part(PYTHON, "1 + 1", "2\n"),
        Part(TEXT, fold.format("```text\ntwo\n```") + "\n\nGo on."),
    ]


def test_a_text_block_and_its_blank_lines_stay_as_they_are(parts):
    """A drawing is not code."""
    drawing = "```text\n a ──▶ b\n\n\n## no heading of ours\n```"
    assert "".join(part.text for part in parts(drawing)).replace("\n", "") == drawing.replace(
        "\n", ""
    )


def test_a_picture_travels_with_its_words(parts, tmp_path):
    """The picture is embedded, because a notebook can be moved; a missing one stays a link."""
    (tmp_path / "graph.svg").write_text("<svg/>", "utf-8")
    (found,) = parts(
        '![A graph\nof "two" nodes.](graph.svg)\n![b](gone.png)\n[03](../03/README.md)'
    )
    first, second, third = found.text.split("\n")
    assert first == (
        '<img alt="A graph of &quot;two&quot; nodes." src="data:image/svg+xml;base64,PHN2Zy8+">'
    )
    assert (second, third) == ("![b](gone.png)", "**03**")


def test_the_lesson_is_in_the_language_that_was_asked_for(course, monkeypatch):
    """If there is a translation; otherwise in English."""
    exercise = course.named("03_affine")
    chinese = exercise.lesson.with_name("README.zh-CN.md")
    chinese.unlink(missing_ok=True)
    monkeypatch.setattr(language, "_spoken", CHINESE)
    assert lesson_file(exercise) == exercise.lesson
    chinese.write_text("# 03 · Affine层\n", "utf-8")
    assert lesson_file(exercise) == chinese
    monkeypatch.undo()
    assert lesson_file(exercise) == exercise.lesson
    monkeypatch.delenv("KATA_LANG")
    assert lesson_file(exercise) == exercise.lesson


@pytest.mark.parametrize("number", range(7))
def test_every_line_of_code_of_a_lesson_is_in_its_parts(course, number):
    """And all of its output."""
    exercise = course.exercises[number]
    code = [part for part in parts_of(exercise.lesson) if part.kind is PYTHON]
    lines = "\n".join(part.text for part in code).split("\n")
    prompts = [
        line[4:]
        for line in exercise.lesson.read_text("utf-8").split("\n")
        if line.startswith((">>> ", "... "))
    ]
    assert lines == prompts
    assert all(part.shows for part in code[:1])


def test_the_way_to_another_language_is_left_out(parts):
    """The link would be dead in a notebook; the source of a translation is left out, too."""
    (part,) = parts("<!-- README.md 843a -->\n# 01 · One\n\n[English](README.md)\n\nText.\n")
    assert part.text == "# 01 · One\n\n\nText."
