"""The format of a journal: what a line says, and names that submissions have now."""

import json
from pathlib import Path

import pytest
from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.marks import ManualMark
from grader.gradebook.records.identity import Identity, Renaming
from grader.gradebook.records.journal_format import (
    READABLE,
    Header,
    JournalError,
    Line,
    after,
    decision_line,
    judged_names,
    read_journal,
    verdict_line,
    whole_lines,
)

PATH = Path("j")
HEADER = Header("/class", "01_ex", "Affine (551)")
JUDGED = verdict_line(verdict("bob", GOOD), "t0", 0.5)


def read(*lines):
    return read_journal(PATH, b"".join([HEADER.line(), *lines]))


def mark(points=3, name="bob", excused=False):
    return ManualMark(name, "01_ex", points, "", "x", "eve", "b", False, "t1", excused)


@pytest.mark.parametrize("header", [HEADER, Header("/c"), Header("/c", ""), Header("/c", "01_ex")])
def test_a_header_comes_back_equal(header):
    """What is not known is not in it."""
    assert read_journal(PATH, header.line()) == (header, [])


@pytest.mark.parametrize("version", READABLE[:-1])
def test_a_header_of_an_older_version_says_nothing_of_exercise_or_assignment(version):
    """They are found from the verdicts, or asked for."""
    line = json.dumps({"journal": version, "class": "/class"}).encode() + b"\n"
    assert read_journal(PATH, line) == (Header("/class", None, "", version), [])


@pytest.mark.parametrize("bad", [{"exercise": 3}, {"assignment": None}, {"assignment": ["x"]}])
def test_a_header_with_values_of_another_kind_is_damaged(bad):
    """It is told, and nothing is read."""
    line = json.dumps({"journal": 5, "class": "/class", **bad}).encode() + b"\n"
    with pytest.raises(JournalError, match="line 1, is damaged"):
        read_journal(PATH, line)


@pytest.mark.parametrize(
    "decision",
    [
        mark(),
        mark(2.5),
        mark(None, excused=True),
        Identity("bob", "Bob Berg", ("1002", "bob"), "t1"),
    ],
    ids=["whole", "half", "excused", "identity"],
)
def test_a_decision_comes_back_equal(decision):
    """Half points and excuses, too."""
    _, lines = read(JUDGED, decision_line(decision))
    assert lines[-1] == Line("t1", decision)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"points":3', b'"points":NaN'),
        (b'"points":3', b'"points":true'),
        (b'"points":3', b'"points":-0.5'),
        (b'"excused":false', b'"excused":0'),
        (b'"ids":["1002"]', b'"ids":"1002"'),
        (b'"ids":["1002"]', b'"ids":[1002]'),
        (b'"before":"bob"', b'"before":"zoe"'),
    ],
)
def test_a_value_that_makes_no_sense_is_damage(good, bad):
    """It is told with its line."""
    text = b"".join(
        map(
            decision_line,
            (mark(), Identity("bob", "Bob", ("1002",), "t1"), Renaming("robert", "bob", "t2")),
        )
    )
    assert good in text
    with pytest.raises(JournalError, match=r"line [345], is damaged"):
        read(JUDGED, text.replace(good, bad))


def test_lines_before_a_renaming_have_the_new_name_and_lines_after_it_their_own():
    """A name may be somebody else's later."""
    _, lines = read(
        JUDGED,
        decision_line(mark()),
        decision_line(Renaming("robert", "bob", "t2")),
        JUDGED,
        decision_line(Renaming("rob", "robert", "t3")),
    )
    assert [one.content.name for one in lines] == ["rob", "rob", "rob", "bob", "rob"]
    assert judged_names(lines) == ["rob", "bob"]
    with pytest.raises(JournalError, match="line 4, is damaged"):
        read(JUDGED, decision_line(Renaming("robert", "bob", "t2")), decision_line(mark()))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))))
def test_renaming_keeps_every_line(names):
    """No line is lost, and none is doubled."""
    lines = [Line("t", verdict(name, GOOD)) for name, _ in names]
    for name, new in names:
        lines = after(lines, Line("t", Renaming(new, name, "t")))
    assert len(lines) == 2 * len(names)
    assert {one.content.name for one in lines} <= set("xyz")


def test_what_follows_the_last_end_of_a_line_is_cut_off():
    """Another grader may be writing it."""
    assert whole_lines(b"a\nb\nc") == b"a\nb\n"
    assert whole_lines(b"a") == b"a"
