"""Which language it is."""

import pytest

from grader.course import CourseError
from grader.kata.language import say, stub_in, wanted_language


def test_a_text_is_one_template():
    """Values that look like templates are left alone."""
    assert say("{name} is done", name="{x}") == "{x} is done"


@pytest.mark.parametrize("wanted", ["en", "en_GB.UTF-8", "tlh", ""])
def test_where_there_is_no_translation_it_is_english(wanted, monkeypatch):
    """Whatever the environment says."""
    monkeypatch.setenv("KATA_LANG", wanted)
    assert wanted_language() == "en"


def test_a_stub_in_another_language_is_not_made_up():
    """Who asks for one by name is told which there are."""
    assert stub_in("en", b"x") == b"x"
    with pytest.raises(CourseError, match="expected en"):
        stub_in("tlh", b"x")
