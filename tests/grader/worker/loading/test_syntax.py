"""Syntax errors whose cause Python does not name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.loading.syntax import explained

CONFLICT = "a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> theirs\n"


def explain(text):
    """The error of compiling a text, explained."""
    with pytest.raises(SyntaxError) as caught:
        compile(text, "affine.py", "exec")
    return explained(caught.value, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (CONFLICT, 2),
        (CONFLICT.replace("\n", "\r\n"), 2),
        (CONFLICT.removeprefix("a = 1\n"), 1),
        ("class A:\n    def f(self):\n<<<<<<< HEAD\n        return 1\n=======\n    pass\n", 3),
        ("a = 1\n=======\nb = 2\n", 2),
        ("a = 1\n>>>>>>> 3f2a (mine)\n", 2),
        ("a = (\n||||||| base\n)\n<<<<<<< x\n", 2),
    ],
)
def test_marks_of_a_merge_conflict_are_named(text, line):
    """Told as "invalid syntax" otherwise; also where only one of them is left."""
    error = explain(text)
    assert (error.lineno, error.filename) == (line, "affine.py")
    assert str(error.msg).startswith(f"line {line} is a mark of a merge conflict (")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f():\n    a = 1\n\tb = 2\n", 3),
        ("def f():\n\ta = 1\n        b = 2\n", 2),
        ("if x:\n    if y:\n\t\ta = 1\n\t    b = 1\n", 3),
    ],
)
def test_tabs_mixed_with_spaces_are_named(text, line):
    """With the line that has the tab; the type of the error stays."""
    error = explain(text)
    assert isinstance(error, IndentationError)
    assert error.lineno == line
    assert "is indented with a tab, and other lines with spaces" in str(error.msg)


@pytest.mark.parametrize(
    ("text", "sign", "wanted"),
    [
        ("x = f（1)", "（", "("),
        ("print(1）", "）", ")"),
        ("f(1，2)", "，", ","),
        ("if x：pass", "：", ":"),
        ("x＝1", "＝", "="),
        ("x=“a”", "“", '"'),
        ("x='a’", "’", "'"),
        ('x=f("a”)', "”", '"'),
        ("x = 【1】", "【", "["),
        ("x = １", "１", "1"),
        ("x = 2 − 1", "−", "-"),
        ("x = 2 × 3", "×", "*"),
        ("if x ≤ 1: pass", "≤", "<="),
    ],
)
def test_a_sign_of_another_keyboard_is_named_with_what_to_type(text, sign, wanted):
    """Chinese and Japanese keyboards have them, and word processors make them."""
    told = (
        f"{sign} (U+{ord(sign):04X}) is no sign of Python: type {wanted} with an English keyboard"
    )
    assert str(explain(f"a = 1\n{text}\n").msg) == told


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u200b", "\ufeff"])
def test_a_space_that_is_none_is_named(space):
    """Copied from a web page."""
    error = explain(f"x ={space}1\n")
    assert f"cannot be seen (U+{ord(space):04X})" in str(error.msg)


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = (1\n",
        "x = 'a\n",
        "def f():\nreturn 1",
        "s = '''\n=======\n'''\nx = 1 +",
        "x = é€\n",
        "def f():\n    a\n  b\n",
    ],
)
def test_any_other_error_stays_as_python_tells_it(text):
    """Also where a text between quotes looks like a mark."""
    with pytest.raises(SyntaxError) as caught:
        compile(text, "affine.py", "exec")
    assert explained(caught.value, text) is caught.value


@given(st.text("<>=| \t\nab:（”\u00a0'\\(", max_size=40))
def test_any_text_is_explained_or_left_alone(text):
    """The error keeps its type, and its line is one of the text."""
    error = None
    try:
        compile(text, "a.py", "exec")
    except SyntaxError as raised:
        error = raised
    if error is not None:
        found = explained(error, text)
        assert type(found) is type(error)
        assert found is error or 1 <= found.lineno <= text.count("\n") + 1
