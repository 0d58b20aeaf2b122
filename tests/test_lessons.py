"""The lessons: every code block runs, prints what the lesson says, and is the same in Chinese."""

import doctest
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.modules import minutes_of, read_modules
from grader.course.settings import find_course
from grader.kata.graph.scenes import SCENES, draw
from grader.kata.lessons.lesson import Kind, parts_of
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
LESSONS = {exercise.name: exercise.lesson for exercise in COURSE.exercises}
CHINESE = {name: lesson.with_name("README.zh-CN.md") for name, lesson in LESSONS.items()}
CHINESE_INDEX = ROOT / "exercises" / "README.zh-CN.md"
# Without the longest specs, which a bare `pytest` runs on the solutions anyway.
QUICKLY = "-k 'not more_than_95_percent and not more_than_97_percent'"
SHORTENED = [
    ("07_mnist/mnist.py", "iterations: int = 10_000", "iterations: int = 700"),
    ("10_regularization/regularization.py", "epochs: int = 200", "epochs: int = 10"),
    ("13_conv_net/conv_net.py", "iterations: int = 4_500", "iterations: int = 20"),
]
# Scripts whose output is the same each time.
PRINTING = ["08_optimizers", "09_batch_normalization", "11_convolution", "12_pooling"]
PICTURES = sorted((ROOT / "exercises").glob("*/*.svg"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+(?= )", re.MULTILINE)
TARGET = re.compile(r"\]\(([^)]+)\)")


def blocks(lesson: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [text for kind, text in FENCE.findall(lesson.read_text("utf-8")) if kind == language]


@pytest.mark.parametrize("name", LESSONS)
def test_every_python_block_of_a_lesson_prints_what_it_says(name):
    """A learner who types the examples of a lesson sees the printed output."""
    lesson = LESSONS[name]
    examples = "\n".join(blocks(lesson, "python"))
    assert ">>>" in examples
    with importable(read_modules(ROOT / "solutions", COURSE)):
        test = doctest.DocTestParser().get_doctest(examples, {}, name, str(lesson), 0)
        told: list[str] = []
        failed, attempted = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert attempted > 0
    assert not failed, "".join(told)


@pytest.fixture(scope="module")
def finished_course(tmp_path_factory):
    """A copy of the course in which a learner has done all exercises.

    Its trainings are short ones: the long ones are tested in test_solutions.py.
    """
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "tests" / "specs", root / "tests" / "specs")
    shutil.copytree(ROOT / "dataset", root / "dataset")
    shutil.copytree(ROOT / "solutions", root / "exercises")
    for place, long, short in SHORTENED:
        training = root / "exercises" / place
        text = training.read_text("utf-8")
        assert text.count(long) == 1
        training.write_text(text.replace(long, short), "utf-8")
    return root


@pytest.mark.thorough
@pytest.mark.parametrize("name", LESSONS)
def test_every_command_of_a_lesson_succeeds_once_the_exercise_is_done(
    name, finished_course, learners_pytest
):
    """A learner who runs the commands of a lesson sees the printed output."""
    commands = blocks(LESSONS[name], "console")
    assert any(f"$ pytest exercises/{name}" in command for command in commands)
    for block in dict.fromkeys(commands):
        command, *expected = block.removeprefix("$ ").splitlines()
        program, *arguments = shlex.split(command)
        start = {"python": [sys.executable], "pytest": [sys.executable, "-m", "pytest"]}[program]
        done = subprocess.run(
            [*start, *arguments],
            cwd=finished_course,
            env={**os.environ, "COLUMNS": "100", "PYTEST_ADDOPTS": f"{learners_pytest} {QUICKLY}"},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for line in expected:
            assert line in done.stdout


@pytest.mark.thorough
@pytest.mark.parametrize("name", PRINTING)
@pytest.mark.parametrize("language", [None, "zh-CN"])
def test_a_lesson_shows_what_the_script_of_the_exercise_prints(name, language, finished_course):
    """In its own language: a learner compares the two line by line."""
    script = next((finished_course / "exercises" / name).glob("*.py"))
    lesson = (CHINESE if language else LESSONS)[name].read_text("utf-8")
    _, _, after = lesson.partition(f"$ python exercises/{name}/{script.name}\n```\n")
    shown = re.search(r"^```text\n(.*?)^```$", after, re.DOTALL | re.MULTILINE)
    assert shown
    done = subprocess.run(
        [sys.executable, script],
        cwd=finished_course,
        env={**os.environ, "KATA_LANG": language or "en", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert shown[1].rstrip() in "\n".join(line.rstrip() for line in done.stdout.splitlines())


@pytest.mark.parametrize("path", [LESSONS, CHINESE], ids=["en", "zh-CN"])
def test_a_script_that_a_lesson_runs_has_a_cell_in_its_notebook(path):
    """A command that was printed with its output had none: 08 could not be seen in a notebook."""
    for name, lesson in path.items():
        script = f"python exercises/{name}/"
        if f"$ {script}" in lesson.read_text("utf-8"):
            parts = list(parts_of(lesson))
            assert any(p.kind is Kind.COMMAND and p.text.startswith(script) for p in parts), name


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_asks_before_it_tells(name):
    """A lesson asks for a prediction, folds its answer away, states the task and what to notice."""
    text = LESSONS[name].read_text("utf-8")
    assert "**Predict" in text
    assert "<details>\n<summary>Answer</summary>\n\n" in text
    for heading in ("## Your task", "## Notice", "## Next"):
        assert f"\n{heading}\n" in text
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_says_how_long_it_takes_in_both_languages(name):
    """`kata` shows the number of the English one."""
    minutes = minutes_of(COURSE.named(name))
    assert minutes, f"{LESSONS[name]}: expected a line such as 'About 40 minutes.' in its head"
    head, _, _ = CHINESE[name].read_text("utf-8").partition("\n## ")
    assert f"\n大约{minutes}分钟。\n" in head


@pytest.mark.parametrize("path", [LESSONS, CHINESE], ids=["en", "zh-CN"])
def test_the_last_lesson_of_a_part_names_no_lesson_as_next(path):
    """A class may be taught one part only."""
    parts = [part.exercises for part in COURSE.parts] or [list(LESSONS)]
    for exercises in parts:
        _, _, following = path[exercises[-1]].read_text("utf-8").rpartition("\n## ")
        assert following.startswith(("Next\n", "接下来\n"))
        assert not re.search(r"[Ll]essons? \d\d|第\d\d课|练习\d\d|exercise \d\d|\d\d_", following)


def test_no_lesson_has_blocks_that_no_test_would_run():
    """Code is in python or console blocks, everything else in text blocks."""
    kinds = {
        kind for lesson in LESSONS.values() for kind, _ in FENCE.findall(lesson.read_text("utf-8"))
    }
    assert kinds == {"python", "console", "text"}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_every_picture_of_a_lesson_is_what_kata_graph_draws_of_the_solutions(picture):
    """A picture shows what the reference computes, and its lesson shows the picture."""
    assert picture.stem in SCENES
    place = picture.relative_to(ROOT).as_posix()
    redraw = f"kata graph {picture.stem} --solutions --output {place}"
    drawn = draw(picture.stem, ROOT / "solutions").svg()
    assert picture.read_text("utf-8") == drawn, f"it is out of date: {redraw}"
    assert f"]({picture.name})" in picture.with_name("README.md").read_text("utf-8")


def test_every_picture_of_a_lesson_is_there_and_told_in_words():
    """The alternative text exists, and a full description in words is current."""
    for lesson in LESSONS.values():
        text = lesson.read_text("utf-8")
        for alternative, name in re.findall(r"!\[(.*?)\]\((\S+)\)", text, re.DOTALL):
            assert lesson.with_name(name) in PICTURES
            assert len(alternative) > 40
        in_words = r"<summary>The picture in words</summary>\n\n```text\n(.*?)\n```"
        for words in re.findall(in_words, text, re.DOTALL):
            drawn = [draw(path.stem, ROOT / "solutions") for path in PICTURES]
            assert words in [graph.words() for graph in drawn]


@pytest.mark.parametrize("name", LESSONS)
def test_every_translation_is_there_and_of_the_lesson_as_it_stands(name):
    """A lesson changed only in English is reported, with the new first line of its translation."""
    lesson, chinese = LESSONS[name], CHINESE[name]
    assert chinese.is_file(), f"translate {lesson} into {chinese}"
    digest = hashlib.sha256(lesson.read_text("utf-8").encode()).hexdigest()[:12]
    current = f"<!-- README.md {digest} -->"
    first = chinese.read_text("utf-8").splitlines()[0]
    if first != current:
        pytest.fail(
            f"{chinese} is not known to say what {lesson.name} says now.\n"
            f"Its first line is    {first}\n"
            f"Bring it up to date, then make that line\n"
            f"                     {current}",
            pytrace=False,
        )


@pytest.mark.parametrize("name", LESSONS)
def test_every_translation_has_the_sections_of_its_lesson(name):
    """Headings, answers that are folded away and kinds of blocks come in the same order."""
    english, chinese = (path.read_text("utf-8") for path in (LESSONS[name], CHINESE[name]))
    assert HEADING.findall(FENCE.sub("", chinese)) == HEADING.findall(FENCE.sub("", english))
    assert [kind for kind, _ in FENCE.findall(chinese)] == [
        kind for kind, _ in FENCE.findall(english)
    ]
    assert chinese.count("**预测**") == english.count("**Predict")
    for theirs, ours in {"Answer": "答案", "The picture in words": "用文字说明这幅图"}.items():
        folded = "<details>\n<summary>{}</summary>\n\n"
        assert chinese.count(folded.format(ours)) == english.count(folded.format(theirs))
    for heading in ("## 你的任务", "## 值得注意", "## 接下来"):
        assert f"\n{heading}\n" in chinese


@pytest.mark.parametrize("language", ["python", "console"])
@pytest.mark.parametrize("name", LESSONS)
def test_every_translation_has_the_code_of_its_lesson_to_the_letter(name, language):
    """What runs in English runs in Chinese, and prints the same."""
    assert blocks(CHINESE[name], language) == blocks(LESSONS[name], language)


@pytest.mark.parametrize("name", LESSONS)
def test_every_translation_leads_to_translations(name):
    """Pictures are the same; links from lesson to lesson stay in the reader's language."""
    english, chinese = (
        TARGET.findall(path.read_text("utf-8")) for path in (LESSONS[name], CHINESE[name])
    )
    assert english[0] == "README.zh-CN.md"
    assert chinese[0] == "README.md"
    assert chinese[1:] == [link.replace("README.md", "README.zh-CN.md") for link in english[1:]]
    assert all((CHINESE[name].parent / link).is_file() for link in chinese)


def test_the_chinese_index_lists_every_lesson_and_says_the_commands_of_the_english_one():
    """The Chinese index has all lessons, and the commands of the English one."""
    listed = re.findall(r"^\| \[.*?\]\((.*?)\)", CHINESE_INDEX.read_text("utf-8"), re.MULTILINE)
    assert [CHINESE_INDEX.parent / link for link in listed] == list(CHINESE.values())
    commands = blocks(CHINESE_INDEX, "console")
    assert commands
    assert commands == blocks(ROOT / "exercises" / "README.md", "console")
    assert "(exercises/README.zh-CN.md)" in (ROOT / "README.md").read_text("utf-8")
