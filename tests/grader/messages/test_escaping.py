"""Untrusted text, made safe to print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.escaping import lines, plain, printable, shown

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


@given(TEXTS)
def test_whatever_it_is_one_line_can_be_printed(text):
    """Replaces control codes, line breaks and unpaired surrogates, and keeps all else."""
    safe = printable(text)
    assert safe.isprintable()
    assert safe.encode().decode() == safe
    assert printable(safe) == safe
    assert text.isprintable() is False or safe == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[2J", "\ufffd[2J"),
        ("a\rb\nc", "a\ufffdb\ufffdc"),
        ("\u202egnorw", "\ufffdgnorw"),
        ("\udc80", "\ufffd"),
        ("a\tb", "a   b"),
        ("你好 é", "你好 é"),
    ],
)
def test_what_steers_a_terminal_is_replaced(text, safe):
    """A tab becomes spaces up to the next tab stop."""
    assert printable(text) == safe


@given(TEXTS)
def test_of_several_lines_each_is_safe_and_none_is_added(text):
    """Only a line feed ends a line."""
    safe = lines(text)
    assert safe.count("\n") == text.count("\n")
    assert all(line.isprintable() for line in safe.split("\n"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("affine.py", "affine.py"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 100 + "..."),
        ("a\x1b[2J", "'a\\x1b[2J'"),
        ("a\nb", "'a\\nb'"),
        ("\udc80", "'\\udc80'"),
    ],
)
def test_a_name_is_cut_and_quoted_if_it_is_no_plain_text(name, told):
    """The result fits into a sentence, on one line."""
    assert shown(name) == told
    assert shown(name).isprintable()


def test_markup_in_it_is_text():
    """Square brackets in untrusted text are not markup for rich."""
    text = plain("[bold red]hello[/]\n\x1b[31mworld")
    assert text.plain == "[bold red]hello[/]\n\ufffd[31mworld"
    assert text.spans == []
