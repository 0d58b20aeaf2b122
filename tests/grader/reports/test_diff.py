"""The comparison of two gradebooks: changed marks, and the reason for each."""

import json
import re
from dataclasses import replace

import pytest
from gradebooks import BAD, GOOD, HOSTILE, row, spec, verdict
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from marking.journals import EXERCISE, journal_in
from rich.console import Console

from grader.errors import ReportError
from grader.gradebook.journal import Journal
from grader.gradebook.rows import Row
from grader.gradebook.setting import set_mark
from grader.reports.diff import compare, render
from grader.reports.formats.json_file import render as to_json

ADA = verdict("ada", BAD)


def with_conditions(one, **changed):
    return replace(one, conditions=replace(one.conditions, **changed))


def difference(folder, old, new):
    for name, one in (("old", old), ("new", new)):
        (folder / name).write_text(to_json([Row(one.name, one, handed_in=one.name)]))
    return compare(folder / "old", folder / "new")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (replace(verdict("ada", GOOD), submission="h1"), "another submission"),
        (with_conditions(verdict("ada", GOOD), course="c1"), "another course version (c0, now c1)"),
        (with_conditions(verdict("ada", GOOD), seed="s1"), "another secret"),
        (with_conditions(verdict("ada", GOOD), numpy="3.0"), "another numpy (2.0, now 3.0)"),
        (
            with_conditions(verdict("ada", GOOD), limits={"call_seconds": 9}),
            "another limit call_seconds (2, now 9)",
        ),
        (with_conditions(verdict("ada", GOOD), sandbox=()), "another sandbox (landlock, now none)"),
        (
            verdict("ada", GOOD),
            "the same submission under the same conditions came out differently",
        ),
    ],
)
def test_each_reason_is_told_with_the_specs_that_came_out_differently(tmp_path, changed, reason):
    """With the points before and after."""
    (change,) = difference(tmp_path, ADA, changed)
    assert (change.name, change.exercise, change.before, change.after) == ("ada", "01_ex", 2, 4)
    assert change.reasons[0] == reason
    assert change.reasons[1] == "test_g: FAILED, now PASSED"


def test_specs_that_came_went_or_weigh_otherwise_are_named(tmp_path):
    """They show what changed in the course."""
    new = verdict("ada", (replace(GOOD[0], max_points=5), spec(name="test_new"), GOOD[2]))
    (change,) = difference(tmp_path, ADA, with_conditions(new, course="c1"))
    assert change.reasons[1:] == (
        "test_f is worth 5, not 2", "test_g is gone", "test_new is new"
    )  # fmt: skip


def test_no_mark_changed_where_only_conditions_did(tmp_path):
    """Unchanged marks are not listed."""
    assert difference(tmp_path, ADA, with_conditions(ADA, course="c1")) == []


def test_who_came_and_who_left_is_told(tmp_path):
    """With the points on the side where the learner is."""
    one, other = difference(tmp_path, ADA, verdict("bob", GOOD))
    assert (one.name, one.before, one.after, one.reasons) == (
        "ada",
        2,
        None,
        ("not there any more",),
    )
    assert (other.name, other.before, other.after, other.reasons) == ("bob", None, 4, ("new here",))


def test_in_journals_a_mark_set_by_hand_is_the_reason(tmp_path):
    """Also if it was withdrawn."""
    old, new = journal_in(tmp_path, name="a"), journal_in(tmp_path, name="b")
    with Journal.existing(new) as journal:
        set_mark(journal, "bob", EXERCISE, 3, comment="", reason="a typo", by="eve")
    (change,) = compare(old, new)
    assert (change.before, change.after) == (2, 3)
    assert change.reasons == ("set by hand to 3 by eve: a typo",)
    assert compare(new, old)[0].reasons == ("what was set by hand was withdrawn",)


def test_hostile_names_and_reasons_steer_no_terminal(tmp_path):
    """The table shows them as plain text."""
    for name, points in (("old", BAD), ("new", GOOD)):
        (tmp_path / name).write_text(to_json([row(text, points) for text in HOSTILE]))
    console = Console(width=200, force_terminal=False)
    with console.capture() as shown:
        console.print(render(compare(tmp_path / "old", tmp_path / "new")))
    assert not {"\x1b", "\0", "\u202e", "\u2028"} & set(shown.get())
    assert "[link](http://x.invalid)" in shown.get()


def test_a_gradebook_and_a_journal_are_not_compared(tmp_path):
    """They use different names for learners."""
    (tmp_path / "g").write_text(to_json([row("ada", BAD)]))
    with pytest.raises(ReportError, match=r"a gradebook and .* a journal"):
        compare(tmp_path / "g", journal_in(tmp_path))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(("schema", "submissions", "name", "exercises", "specs", "points")),
                inner,
            )
        ),
        max_leaves=6,
    )
)
def test_whatever_else_is_in_a_file_is_refused_with_its_name(tmp_path, content):
    """A valid schema number alone does not make a gradebook."""
    if isinstance(content, dict):
        content["schema"] = 4
        assume(content.get("submissions") not in ([], {}, ""))  # a class of nobody
    (tmp_path / "good").write_text(to_json([row("ada", BAD)]))
    (tmp_path / "x").write_text(json.dumps(content))
    with pytest.raises(ReportError, match=re.escape(str(tmp_path / "x"))):
        compare(tmp_path / "x", tmp_path / "good")
