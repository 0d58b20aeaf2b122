"""Explanations: labelled parts, as lines for a terminal."""

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
    """Wraps only prose, adds no label to plain sentences, and omits empty parts."""
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
    """Changes untrusted text in all parts."""
    assert str(changed(FOUND, lambda text: text.replace("0x1234567", "0x..."))).endswith("0x...")
    assert changed(explain(("", english("dx"))), str.upper) == explain(("", english("dx")))
    assert changed("dx", str.upper) == "DX"


@pytest.mark.parametrize("reason", [FOUND, "text", english("{a}", a=1), Explanation(())])
def test_a_reason_crosses_as_it_is(reason):
    """A reason converted to JSON and back is equal."""
    assert unpack_reason(json.loads(json.dumps(pack_reason(reason)))) == reason


@pytest.mark.parametrize(
    "content", [["parts", "checked"], ["parts", "other", "x"], ["parts", "at", None], {}, 3]
)
def test_what_is_no_reason_is_refused(content):
    """Such values may be in a journal that was edited."""
    with pytest.raises(ValueError, match=r".+"):
        unpack_reason(content)


def test_every_label_takes_ten_columns():
    """Otherwise the lines below it would not be aligned."""
    assert {len(str(label)) for label in LABELS.values()} == {10}
    assert Part("at", "x").lines(lambda message: "1234567890") == ["1234567890x"]
