"""Explanations: parts with labels, in lines of a terminal."""

import json

import pytest

from grader.messages.explanation import (
    LABELS,
    Explanation,
    Part,
    changed,
    explain,
    pack_reason,
    unpack_reason,
)
from grader.messages.message import english

FOUND = explain(
    ("checked", "dx[0]"),
    ("returned", "float64, shape (2,)\n[1. 2.]"),
    ("expected", ""),
    ("differs", english("{number} of {all} values " * 5, number=1, all=2)),
    ("at", "a.py:3    x = 1\n          ^"),
    ("", "as it is:\n  0x1234567"),
)


def test_parts_stand_below_each_other():
    """Values line by line, prose wrapped, sentences without a label as they are; nothing empty."""
    assert str(FOUND).split("\n") == [
        "checked   dx[0]",
        "returned  float64, shape (2,)",
        "          [1. 2.]",
        "differs   1 of 2 values 1 of 2 values 1 of 2 values 1 of 2 values 1 of 2",
        "          values",
        "at        a.py:3    x = 1",
        "                    ^",
        "as it is:",
        "  0x1234567",
    ]


def test_only_what_a_stranger_wrote_is_changed():
    """In all parts."""
    assert str(changed(FOUND, lambda text: text.replace("0x1234567", "0x..."))).endswith("0x...")
    assert changed(explain(("", english("dx"))), str.upper) == explain(("", english("dx")))
    assert changed("dx", str.upper) == "DX"


@pytest.mark.parametrize("reason", [FOUND, "text", english("{a}", a=1), Explanation(())])
def test_a_reason_crosses_as_it_is(reason):
    """Through JSON."""
    assert unpack_reason(json.loads(json.dumps(pack_reason(reason)))) == reason


@pytest.mark.parametrize(
    "content", [["parts", "checked"], ["parts", "other", "x"], ["parts", "at", None], {}, 3]
)
def test_what_is_no_reason_is_refused(content):
    """As a journal that somebody changed."""
    with pytest.raises(ValueError, match=r".+"):
        unpack_reason(content)


def test_every_label_takes_ten_columns():
    """Or else what is below it would not stand below it."""
    assert {len(str(label)) for label in LABELS.values()} == {10}
    assert Part("at", "x").lines(lambda message: "1234567890") == ["1234567890x"]
