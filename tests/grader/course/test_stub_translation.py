"""A stub in the learner's language."""

import ast
import re

import pytest

from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.course.stub_translation import WIDTH, rewrite, stub_in
from grader.messages.language import CHINESE, ENGLISH
from grader.messages.wrapping import columns

STUB = '''"""Halves."""

import os  # left alone

# Two lines that
# belong together.
LIMIT = 1


def half(x: float, by: float = 2) -> float:
    """Half of x.

    More about it, in a paragraph
    of two lines.

    Parameters
    ----------
    x, y : float
        Any number.
    by : float, default 2
        Another one, which is not
        x.

    Returns
    -------
    float
        ``half(4)`` is 2.
    """
    # TODO: divide.
    #
    #     return ___
    raise NotImplementedError("half: divide")


print(f"half of 4 is {half(4):.1f}")
print('say "two"')
print(2)
'''
TEXTS = [
    "Halves.",
    "Half of x.",
    "More about it, in a paragraph of two lines.",
    "Any number.",
    "float, default 2",
    "Another one, which is not x.",
    "``half(4)`` is 2.",
    "Two lines that belong together.",
    "TODO: divide.",
    "half: divide",
    "half of 4 is {half(4):.1f}",
    'say "two"',
]


@pytest.fixture
def course(handed_out):
    """The course with the stubs of the last commit."""
    return find_course(handed_out)


def code(text):
    """What a stub does: without docstrings, and without what it prints or says is unwritten."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node) is not None:
            node.body[0].value.value = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "NotImplementedError":
                node.args[0].value = ""
            if node.func.id == "print":
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        part.value = ""
                values = getattr(node.args[0], "values", [])
                values[:] = [one for one in values if isinstance(one, ast.FormattedValue)]
    return ast.dump(tree)


def test_all_that_a_learner_reads_is_handed_over_piece_by_piece():
    """Paragraphs on one line each; no code, no Python type, no heading."""
    seen = []
    rewrite(STUB, lambda text: seen.append(text) or text)
    assert sorted(seen) == sorted(TEXTS)


def test_with_the_same_words_a_stub_stays_as_it_is():
    """Line for line, where a line is as long as it may be."""
    narrow = "in a paragraph\n    of two", "in a paragraph of two"
    other = "which is not\n        x.", "which is not x."
    comment = "that\n# belong", "that belong"
    expected = STUB
    for before, after in (narrow, other, comment):
        expected = expected.replace(before, after)
    assert rewrite(STUB, lambda text: text) == expected


def test_new_words_stand_where_the_old_ones_stood():
    """Around the same code."""
    new = rewrite(STUB, lambda text: re.sub("[a-z]+(?![^{]*})", "甲", text, flags=re.IGNORECASE))
    assert code(new) == code(STUB)
    assert new.startswith('"""甲."""\n\nimport os  # left alone\n\n# 甲 甲')
    assert "    by : 甲, 甲 2\n" in new
    assert "    # 甲: 甲.\n    #\n    #     return ___\n" in new
    assert 'raise NotImplementedError("甲: 甲")' in new
    assert 'print(f"甲 甲 4 甲 {half(4):.1f}")' in new
    assert "print('甲 \"甲\"')" in new


def test_backslashes_of_a_docstring_survive():
    """As they are written, not as they are read."""
    source = 'def f():\n    """A\\\\n b."""\n'
    assert ast.dump(ast.parse(rewrite(source, lambda text: text))) == ast.dump(ast.parse(source))


def test_every_stub_of_the_course_does_the_same_in_chinese(course):
    """The same code, within the same width, with a TODO, and with nothing left in English."""
    for exercise in course.exercises:
        english, chinese = (stub_in(one, exercise) for one in (ENGLISH, CHINESE))
        assert english == exercise.stub.read_text("utf-8")
        assert code(chinese) == code(english)
        assert max(map(columns, chinese.splitlines())) <= WIDTH
        assert chinese.count("# TODO: ") == english.count("# TODO: ")
        left = []
        rewrite(chinese, lambda text, left=left: left.append(text) or text)
        assert [text for text in left if not re.search("[\u4e00-\u9fff]", text)] == []


def test_a_stub_that_is_no_python_any_more_is_left_as_it_is(tmp_path):
    """The learner is still working on it."""
    exercise = Exercise(tmp_path, "01_half")
    exercise.stub.parent.mkdir(parents=True)
    exercise.stub.write_text("def half(:\n", "utf-8")
    (tmp_path / "exercises" / "zh-CN.toml").write_text('"half" = "一半"\n', "utf-8")
    assert stub_in(CHINESE, exercise) == "def half(:\n"
