"""The summary of a workflow step: its content, and that it stays below GitHub's limit."""

import pytest
from gradebooks import BAD, GOOD, HOSTILE, OURS, row, spec
from markdown_it import MarkdownIt

from grader.reports.formats.github import LIMIT, render
from grader.verdicts.verdict import Outcome

PARSER = MarkdownIt("gfm-like", {"linkify": False})


def test_a_class_is_a_table_with_what_is_commonest():
    """Each learner has a row; the promises broken most often come first."""
    found = render([row("jane", GOOD), row("bob", BAD, section="Mon", notes=("handed in late",))])
    assert "# 2 learners, 1 have done all of core" in found
    assert "| halves twice | 01_ex | 1 |" in found
    assert "| test_g holds. | 01_ex | 1 | 50% of 2 |" in found
    assert "| jane |  | ✓ 4 ★ | 4 / 4 |" in found
    assert "| bob | Mon | 2 ☆ | 2 / 4 |" in found
    assert "- bob: handed in late" in found


def test_a_single_submission_is_told_in_full():
    """The same as the learner's feedback."""
    found = render([row("bob", BAD)], is_class=False)
    assert "✗ **broken** test_g holds. (0 of 2)" in found
    assert "returned  1" in found


def test_a_fault_of_ours_is_marked():
    """By a sign, not only a colour."""
    assert "| ! 2 ★ |" in render([row("bob", OURS)])


@pytest.mark.parametrize("limit", [3_000, 5_001, 20_000])
def test_a_summary_is_cut_between_rows_and_says_so(limit):
    """GitHub shows nothing of a summary above the limit; no row is shown in part."""
    rows = [row(f"learner {number} é", GOOD) for number in range(1000)]
    found = render(rows, limit=limit)
    assert limit - 300 < len(found.encode()) <= limit
    assert "**Cut here: " in found.splitlines()[-1]
    tokens = PARSER.parse(found)
    table = found[found.index("| learner |") :].split("\n\n")[0].splitlines()
    assert {line.count("|") for line in table} == {5}
    whole = render(rows).splitlines()
    left = int(found.splitlines()[-1].split()[2])
    assert len(found.splitlines()) - 2 + left == len(whole)
    assert tokens[-2].content.startswith("**Cut here")


def test_a_block_that_is_cut_is_closed():
    """Otherwise the note that it was cut would be code."""
    long = spec(Outcome.FAILED, "\n".join(f"```` line {number}" for number in range(1000)))
    found = render([row("bob", (long,))], is_class=False, limit=4000)
    assert len(found.encode()) <= 4000
    assert PARSER.parse(found)[-2].content.startswith("**Cut here")


def test_two_thousand_learners_are_below_the_limit_of_github():
    """1,024 KiB for each step."""
    specs = tuple(spec(name=f"test_{number}") for number in range(12))
    found = render([row(f"learner {n}", *[specs] * 7, section="Mon") for n in range(2000)])
    assert len(found.encode()) <= LIMIT == 1024 * 1024
    assert "Cut here" not in found


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_strangers_write_no_row_of_their_own(hostile):
    """Neither by names, sections nor notes."""
    found = render([row(hostile, BAD, section=hostile, notes=(hostile,)), row("bob", GOOD)])
    tokens = PARSER.parse(found)
    kinds = {one.type for token in tokens for one in token.children or []}
    assert kinds <= {"text", "softbreak"}
    rows = found[found.index("| learner |") :].split("\n\n")[0].splitlines()
    assert len(rows) == 4
