"""Why a spec did not pass."""

import pytest

from grader.verdicts.finding import Finding, without_addresses
from grader.verdicts.verdict import Outcome


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<Layer object at 0x7f3a5c0d1e80>", "<Layer object at 0x...>"),
        ("at 0x7F3A5C and at 0xdeadbeefcafe", "at 0x... and at 0x..."),
        ("the mask is 0xff", "the mask is 0xff"),
        ("colour 0x12345", "colour 0x12345"),
        ("a0x7f3a5c0d1e80", "a0x7f3a5c0d1e80"),
        ("0x123456789abcdef01", "0x123456789abcdef01"),
        ("", ""),
    ],
)
def test_where_an_object_lies_in_memory_is_left_out(text, told):
    """It is another place in every run; shorter and longer numbers are a learner's own."""
    assert without_addresses(text) == told
    assert without_addresses(told) == told


def test_without_a_known_mistake_there_is_no_help():
    """Neither hints nor a name, unless they are given."""
    finding = Finding(Outcome.FAILED, "returned  1")
    assert (finding.hints, finding.mistake) == ((), None)
