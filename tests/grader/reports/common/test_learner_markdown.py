"""The feedback for one learner as Markdown."""

from dataclasses import replace

from gradebooks import BAD, EMPTY, GOOD, HELPED, marked, row, spec

from grader.messages.language import CHINESE, speaking
from grader.reports.common.learner_markdown import render_markdown
from grader.verdicts.verdict import Outcome, Tier


def test_a_reason_is_told_once_with_the_promises_that_break():
    """What is broken comes before what is kept, with the others of the same cause below it."""
    wrong = spec(Outcome.FAILED, "raised    ValueError: no", cause="ValueError at ex.py:1")
    same = replace(wrong, name="test_g", promise="test_g holds.")
    told = render_markdown(row("Ada", (spec(name="test_h"), wrong, same)))
    lines = [line for line in told.splitlines() if line.strip()]
    first = next(n for n, line in enumerate(lines) if line.startswith("- ✗"))
    assert lines[first + 2].strip() == "raised    ValueError: no"
    assert lines[first + 4 : first + 6] == [
        "  1 more promise breaks for the same reason:",
        "  - ✗ **broken** test_g holds. (0 of 2)",
    ]
    assert lines[first + 6].startswith("- ✓ **kept** ")


def test_what_is_not_there_yet_is_said_once_with_how_often():
    """One line for each reason."""
    blocked = spec(Outcome.BLOCKED, "it needs 03_affine", name="test_b")
    told = render_markdown(row("Ada", (*EMPTY, blocked)))
    assert f"- ○ not started ({len(EMPTY)} promises): ex.py was not handed in\n" in told
    assert "- ◌ blocked: it needs 03" in told


def test_it_has_the_points_the_promises_and_the_reasons():
    """For each exercise, with its stars."""
    told = render_markdown(row("Ada", GOOD, BAD, EMPTY))
    assert told.startswith("# Ada\n\n**6 of 12 points**\n")
    assert "## 01\\_ex: 4 of 4 points ★" in told or "## 01_ex: 4 of 4 points ★" in told
    assert "2 of 4 points ☆" in told
    assert "returned  1\n" in told
    assert told.count("ex.py was not handed in") == 1
    assert told.endswith("\n")


def test_a_stretch_spec_is_told_as_such_and_without_points():
    """Stretch specs have no points."""
    told = render_markdown(row("Ada", (spec(name="test_h", tier=Tier.STRETCH),)))
    (line,) = (line for line in told.splitlines() if "holds" in line)
    assert "*stretch*" in line
    assert "0 of 0" not in line


def test_help_is_told_as_far_as_was_asked_for():
    """First the hint, then the mistake."""
    found = row("Ada", HELPED)
    assert "Which axis?" not in render_markdown(found, steps=0)
    one, two = (render_markdown(found, steps=steps) for steps in (1, 2))
    assert "Which axis?" in one
    assert "summed over all axes" not in one
    assert "summed over all axes" in two


def test_what_people_have_set_is_told_with_their_comment_and_not_with_their_reason():
    """The reason is for instructors."""
    told = render_markdown(marked(row("Ada", BAD), 3, comment="see me", reason="by eye"))
    assert "3 of 4 points, set by hand" in told
    assert "see me" in told
    assert "by eye" not in told


def test_only_notes_on_the_learners_own_files_are_told():
    """Notes about the roster may name other learners."""
    found = row("Ada", GOOD, notes=("Bob may be meant",))
    assert "Notes" not in render_markdown(found)
    own = replace(found, verdict=replace(found.verdict, notes=("cell 1: %x is ignored",)))
    told = render_markdown(own)
    assert "## Notes\n\n- cell 1: " in told
    assert "Bob" not in told


def test_it_is_told_in_the_language_that_is_spoken():
    """Outcomes and points are translated; the learner's own text is not."""
    with speaking(CHINESE):
        told = render_markdown(row("Ada", GOOD, BAD))
    assert "points" not in told
    assert told.startswith("# Ada\n")
    assert "returned  1" in told or "expected  2" in told or "返回" in told


def test_who_is_excused_reads_so_in_the_place_of_points():
    """With the comment, and the points of all others (pawtograder/platform issue 257)."""
    some = marked(row("Ada", BAD, GOOD), excused=True, comment="Get well.", reason="flu")
    told = render_markdown(some)
    assert told.startswith("# Ada\n\n**4 of 4 points**\n")
    assert "ex: excused ☆" in told
    assert "Get well." in told
    assert "flu" not in told
    whole = marked(row("Ada", BAD), excused=True, exercise="")
    assert render_markdown(whole).startswith("# Ada\n\n**excused**\n")
    with speaking(CHINESE):
        assert "**免评**" in render_markdown(whole)
