"""Lists of names in messages are shortened, with the number of omitted names."""

import pytest

from grader.messages.listing import listed


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", ""),
        ("a", "a"),
        ("ab", "a, b"),
        ("abc", "a, b and 1 more"),
        ("abcde", "a, b and 3 more"),
    ],
)
def test_no_more_are_named_than_there_is_room_for(names, told):
    """The number of omitted names is given."""
    assert listed(iter(names), 2) == told


def test_something_else_may_stand_between_them():
    """A semicolon, for names that may contain a comma."""
    assert listed(["Doe, Jane", "Roe, Bob", "Poe, Cy"], 2, "; ") == "Doe, Jane; Roe, Bob and 1 more"
