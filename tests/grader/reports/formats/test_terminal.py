"""Verdicts on a terminal: one submission in full, a class as a table, and untrusted text."""

import io
import re
from dataclasses import replace

import pytest
from gradebooks import PARTS, marked
from rich.cells import cell_len
from rich.console import Console

from grader.course.course import Part
from grader.gradebook.rows import Row
from grader.messages.message import english
from grader.reports.formats.terminal import MAX_NOTES, render, render_review
from grader.verdicts.verdict import (
    Conditions,
    ExerciseVerdict,
    Feedback,
    Outcome,
    SpecVerdict,
    Tier,
    Verdict,
)

CONDITIONS = Conditions("c0", "s0", "3.11", "2.0", {}, ("landlock",))


def spec(outcome=Outcome.PASSED, message="", *, tier=Tier.CORE, promise="It doubles.", points=1):
    worth = points if tier is Tier.CORE else 0
    return SpecVerdict("test_it", promise, tier, outcome, worth, message)


def verdict(name, *exercises):
    numbered = enumerate(exercises, 1)
    found = tuple(ExerciseVerdict(f"{i:02}_ex", specs) for i, specs in numbered)
    return Verdict(name, found, "h0", CONDITIONS)


def row(name, *exercises, section="", email="", notes=()):
    return Row(name, verdict(name, *exercises), section, email, notes)


def shown(*found, is_class=None, styles=False, width=80, parts=(), **settings):
    """Return what a terminal shows for verdicts or rows; several are a class."""
    rows = [one if isinstance(one, Row) else Row(one.name, one) for one in found]
    written = io.StringIO()
    console = Console(width=width, file=written, force_terminal=styles, **settings)
    of_class = len(rows) > 1 if is_class is None else is_class
    console.print(render(rows, is_class=of_class, parts=parts))
    return written.getvalue()


def line_with(text, output):
    (line,) = [line for line in output.splitlines() if text in line]
    return line


def cells(text, output):
    """Return the cells of the only row that contains this text."""
    return [cell.strip() for cell in line_with(text, output).strip("│┃ ").split("│")]


def test_a_submission_shows_core_stars_and_points_of_each_exercise():
    """With the total below."""
    done = (spec(points=3), spec(tier=Tier.STRETCH), spec(Outcome.FAILED, tier=Tier.STRETCH))
    half = (spec(), spec(Outcome.FAILED, "wrong"))
    output = shown(verdict("alice", done, half))
    assert cells("1 of 1", output) == ["01_ex", "1 of 1 ✓", "★☆", "3 / 3"]
    assert cells("1 of 2", output) == ["02_ex", "1 of 2", "", "1 / 2"]
    assert cells("total", output) == ["total", "", "", "4 / 5"]
    assert "alice" in output


def test_what_failed_is_told_with_its_promise_and_every_line_of_the_reason():
    """Above the table; passed specs are not listed."""
    message = "returned  1\nexpected  2\ndiffers   1 instead of 2"
    failed = spec(Outcome.FAILED, message, promise="It adds.")
    output = shown(verdict("alice", (failed, spec(promise="It halves."))))
    assert "✗ broken  It adds." in output
    for line in message.splitlines():
        assert f"    {line}" in output
    assert "It halves." not in output
    assert output.index("It adds.") < output.index("total")


def test_what_is_not_written_is_said_once():
    """With the number of specs in question."""
    waiting = spec(Outcome.NOT_STARTED, "f: return the double")
    blocked = spec(Outcome.BLOCKED, "it needs 01_ex")
    output = shown(verdict("alice", (waiting, waiting, waiting, blocked)))
    assert output.count("f: return the double") == 1
    assert "○ not started  f: return the double  (3 specs)" in output
    assert "◌ blocked  it needs 01_ex\n" in output.replace(" \n", "\n")


def test_a_failing_stretch_spec_is_marked_as_such():
    """It costs no points."""
    output = shown(verdict("alice", (spec(), spec(Outcome.FAILED, "x", tier=Tier.STRETCH))))
    assert "It doubles. (stretch)" in output


def test_everything_green_shows_the_table_alone():
    """No headings without content."""
    output = shown(verdict("alice", (spec(),), (spec(),)))
    assert output.count("01_ex") == 1
    assert "PASSED" not in output


def test_a_class_has_one_row_for_each_submission():
    """The points of each exercise under its number, and their total."""
    output = shown(
        verdict("alice", (spec(points=3),), (spec(),)),
        verdict("bob", (spec(Outcome.FAILED, "wrong", points=3),), (spec(),)),
    )
    assert line_with("learner", output).split("┃")[2:4] == [" 01 ", " 02 "]
    assert cells("alice", output) == ["alice", "3", "1", "4 / 4"]
    assert cells("bob", output) == ["bob", "0", "1", "1 / 4"]
    assert "wrong" not in output


def test_a_class_fits_into_eighty_columns():
    """Seven exercises, and a name that is too long for them."""
    row = [(spec(points=11),) for _ in range(7)]
    output = shown(verdict("a" * 100, *row), verdict("bob", *row))
    assert max(map(len, output.splitlines())) <= 80
    assert line_with("bob", output).count("11") == 7
    assert "77 / 77" in line_with("bob", output)


def test_a_failure_of_the_grader_is_marked_in_the_row_of_a_class():
    """And explained below; the others' rows are not marked."""
    broken = verdict("bob", (spec(Outcome.GRADER_ERROR, "KeyError"), spec()))
    output = shown(verdict("alice", (spec(), spec())), broken)
    assert "1!" in line_with("bob", output)
    assert "!" not in line_with("alice", output)
    assert "the grader itself failed" in " ".join(output.split())


@pytest.mark.parametrize("name", ["[red]", "[/]", "[link=http://x]here", "a[b]c[/b]", ":smile:"])
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a class"])
def test_markup_in_strangers_text_is_shown_as_text(name, others):
    """Names and messages appear letter for letter."""
    mine = verdict(name, (spec(Outcome.FAILED, f"returned {name}"),))
    output = shown(mine, *[verdict("bob", (spec(),))] * others)
    assert name in output
    if not others:
        assert f"returned {name}" in output


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_STARTED, Outcome.BLOCKED])
def test_control_codes_in_strangers_text_never_reach_the_terminal(outcome):
    """They could move the cursor, rewrite a verdict, or set the window title."""
    hostile = "a\x1b[2J\x1b]0;title\x07b\rc\x9b31md\x7fe\x08f\0g"
    one = verdict(hostile, (spec(outcome, hostile),))
    for output in (shown(one, styles=True), shown(one, verdict("bob", (spec(),)), styles=True)):
        # What is left of escape codes is the report's own: colours and weights.
        assert not set("\x07\r\x9b\x7f\x08\0") & set(output)
        codes = [part.partition("m")[0] for part in output.split("\x1b[")[1:]]
        assert all(code.replace(";", "").isdigit() for code in codes), codes
        assert "\x1b]" not in output


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a class"])
def test_a_name_stays_on_one_line(others):
    """A line break in the name of a folder must not create a row."""
    mine = verdict("eve\n│ mallory │ 9 │", (spec(Outcome.FAILED, "x"),))
    output = shown(mine, *[verdict("bob", (spec(),))] * others)
    assert line_with("eve", output) == line_with("mallory", output)


def test_text_that_cannot_be_encoded_is_shown_in_some_way():
    """An unpaired surrogate in a message, or bytes in a name, cause no error."""
    one = verdict("half \udc80", (spec(Outcome.FAILED, "returned \udcff"),))
    for output in (shown(one), shown(one, verdict("bob", (spec(),)))):
        assert "half " in output.encode("utf-8").decode("utf-8")


# Rows


def test_a_class_of_one_is_a_class():
    """It is shown as a table."""
    output = shown(verdict("alice", (spec(),)), is_class=True)
    assert cells("alice", output) == ["alice", "1", "1 / 1"]


def test_a_learner_is_shown_as_on_the_roster_with_their_section():
    """There is no column for sections if no learner has one."""
    done = (spec(),)
    with_sections = shown(row("Lovelace, Ada", done, section="Mon"), row("bob", done))
    assert cells("Lovelace", with_sections) == ["Lovelace, Ada", "Mon", "1", "1 / 1"]
    assert cells("bob", with_sections) == ["bob", "", "1", "1 / 1"]
    assert "section" not in shown(row("ada", done), row("bob", done))


def test_notes_are_below_the_table_with_the_name_they_are_about():
    """For rows that have notes."""
    done = (spec(),)
    output = shown(row("ada", done, notes=("handed in late", "two files")), row("bob", done))
    below = output[output.rindex("└") :]
    assert "ada: handed in late; two files" in below
    assert "bob" not in below
    alone = shown(row("ada", done, notes=("handed in late",)))
    assert "note: handed in late" in alone


def test_why_nothing_was_judged_is_told_once():
    """For all exercises together, but not if only some are missing."""
    missing = (spec(Outcome.NOT_STARTED, "nothing was handed in"),) * 2
    output = shown(row("ada", missing, missing), row("bob", missing, (spec(),)))
    assert output.count("nothing was handed in") == 1
    assert "ada: nothing was handed in" in output


def test_routine_is_left_out_unless_it_is_asked_for():
    """Facts about the mark stay."""
    ignored = english("cell {number}: {line} is ignored", number=1, line="%x")
    found = row("ada", (spec(),), notes=(ignored, "3 h late"))
    assert cells_below(render([found], is_class=True)) == "ada: 3 h late"
    verbose = render([found], is_class=True, verbose=True)
    assert cells_below(verbose) == "ada: cell 1: %x is ignored; 3 h late"


def cells_below(content):
    """Return the last line of what is rendered."""
    written = io.StringIO()
    Console(width=80, file=written).print(content)
    return written.getvalue().splitlines()[-1]


def test_the_list_of_rows_to_look_at_fits_a_screen():
    """Untrusted names stay on one line; without such rows, there is no list."""
    assert render_review([row("ada", (spec(),))]) is None
    odd = replace(row("e\nve", (spec(),)), attention=("several files",))
    assert str(render_review([odd])).splitlines() == [
        "needs your eye (1):",
        "  e\ufffdve: several files",
    ]
    many = str(render_review([odd] * 200)).splitlines()
    assert len(many) == MAX_NOTES + 2
    assert many[-1] == f"  and {200 - MAX_NOTES} more, in --json"


def test_a_submission_has_the_signs_of_a_class():
    """Also for what was judged on top of the reference."""
    (exercise,) = verdict("ada", (spec(),)).exercises
    stood_in = replace(exercise, on_reference=("00_ex",))
    output = shown(replace(verdict("ada"), exercises=(stood_in,)))
    assert "1° / 1" in output
    assert "° judged with the reference" in " ".join(output.split())


def test_a_large_class_with_many_notes_still_fits_a_screen():
    """The number of omitted notes is given."""
    output = shown(*(row(f"s{number}", (spec(),), notes=("odd",)) for number in range(200)))
    assert output.count(": odd") == MAX_NOTES
    assert f"and {200 - MAX_NOTES} more" in output


def test_what_was_judged_without_the_sandbox_is_said():
    """Such a verdict may be forged."""
    bare = replace(verdict("ada", (spec(),)), conditions=replace(CONDITIONS, sandbox=()))
    assert "without the sandbox" in shown(bare, is_class=True)
    assert "without the sandbox" not in shown(verdict("ada", (spec(),)), is_class=True)


HOSTILE = [
    "=cmd|' /C calc'!A1",
    "[red]x[/red]",
    "[link=http://x]y",
    "new\nline│ 9 │",
    "a\x1b[2Jb\x1b]0;t\x07",
    "\u202egnorw\u2066",
    "\u2028\u2029\x85",
    "zero\u200bwidth\u200f\ufeff",
    "half \udc80",
    "wide 李李李李李李李李李李李李李李李李李李李李李李李李李李李",
    "z\u0300\u0301\u0302\u0303",
    ":smile:",
    "\t\r\b\0",
    "",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("is_class", [True, False])
def test_whatever_somebody_is_called_the_report_is_a_report(hostile, is_class):
    """In name, section, notes and messages: one line each, 80 columns, nothing turned around."""
    eve = row(
        hostile, (spec(Outcome.NOT_STARTED, hostile),), section=hostile, notes=(hostile, "odd")
    )
    output = shown(eve, *[row("bob", (spec(),))] * is_class, is_class=is_class)
    assert not set(output) & set("\x1b\x07\r\b\0\t\x85\u2028\u2029\u202e\u2066\u200f\u200b")
    assert max(map(cell_len, output.split("\n"))) <= 80
    if is_class:
        section = [""] if hostile else []  # which has no column if it is empty
        assert cells("bob", output) == ["bob", *section, "1", "1 / 1"]
    output.encode("utf-8")


def test_no_color_is_no_color(monkeypatch):
    """Follows https://no-color.org: bold is allowed."""
    monkeypatch.setenv("NO_COLOR", "1")
    mine = (spec(), spec(Outcome.FAILED, "wrong"), spec(Outcome.GRADER_ERROR, "ours"))
    for found in ([verdict("ada", mine)], [verdict("ada", mine), verdict("bob", (spec(),))]):
        output = shown(*found, styles=True)
        codes = set(";".join(re.findall(r"\x1b\[([\d;]*)m", output)).split(";"))
        assert codes <= {"", "0", "1", "2", "3"}


def test_what_is_no_terminal_gets_plain_text():
    """A file or a pipe gets no escape sequences."""
    mine = (spec(), spec(Outcome.FAILED, "wrong"))
    assert "\x1b" not in shown(verdict("ada", mine)) + shown(verdict("a", mine), verdict("b", mine))


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_STARTED])
def test_what_the_learner_reads_otherwise_is_marked(outcome):
    """The instructor sees what was found with the hidden inputs."""
    one = spec(outcome, "hidden message")
    same = Feedback(outcome, "hidden message")
    other = Feedback(outcome, "public message")
    for told, is_marked in ((None, False), (same, False), (other, True)):
        output = shown(verdict("alice", (replace(one, feedback=told),)))
        assert "hidden message" in output
        assert "public message" not in output
        assert ("(with the hidden inputs)" in output) is is_marked


def test_who_is_excused_has_ex_in_the_place_of_points():
    """With a legend; what is left counts as ever, in halves where they were set."""
    right, wrong = (spec(points=4),), (spec(Outcome.FAILED, points=4),)
    jane = marked(row("jane", right, wrong), excused=True, exercise="02_ex")
    bob = marked(marked(row("bob", right, wrong), 2.5), excused=True, exercise="")
    told = shown(jane, bob)
    assert re.search(r"jane .* 4 │ +EX │ +4 / 4 ", told)
    assert re.search(r"bob .* 2.5\* │ +EX │ +2.5 / 4 ", told)
    assert "EX excused, and so not counted" in told
    assert "EX" in shown(jane, is_class=False)
    assert re.search(r"zoe .*EX │ +EX │", shown(marked(row("zoe", right), excused=True), bob))


def test_a_mistake_is_told_once_with_the_promises_that_it_breaks():
    """The others are listed below it."""
    failed = [
        replace(
            spec(Outcome.FAILED, f"returned  {n}", promise=f"It is {n}."),
            name=f"test_{n}",
            mistake="m",
        )
        for n in range(3)
    ]
    output = shown(verdict("alice", failed))
    assert output.count("returned") == 1
    told = output[output.index("returned  0") : output.index("alice")]
    assert [line.strip() for line in told.splitlines() if line.strip()] == [
        "returned  0",
        "2 more promises break for the same reason:",
        "It is 1.",
        "It is 2.",
    ]


KEPT, BROKEN = (spec(points=3),), (spec(Outcome.FAILED, "returned  1", points=2),)


def tables(output):
    """Return the table of each part: what stands below its title."""
    first, _, second = output.partition("part 2: nets")
    return first.partition("part 1: nodes")[2], second


def test_a_class_has_a_table_of_each_part_and_a_total_over_all():
    """Thirteen exercises beside each other would not fit a terminal."""
    output = shown(row("ada", KEPT, BROKEN, KEPT), row("bob", KEPT, KEPT, BROKEN), parts=PARTS)
    first, second = tables(output)
    assert cells("learner", first) == ["learner ┃ 01 ┃ 02 ┃ part 1"]
    assert cells("ada", first) == ["ada", "3", "0", "3 / 5"]
    assert cells("bob", first) == ["bob", "3", "3", "6 / 6"]
    assert cells("learner", second) == ["learner ┃ 03 ┃ part 2 ┃ points"]
    assert cells("ada", second) == ["ada", "3", "3 / 3", "6 / 8"]
    assert cells("bob", second) == ["bob", "0", "0 / 2", "6 / 8"]


def test_a_class_of_thirteen_exercises_fits_a_terminal():
    """In two parts, with a name and a section."""
    names = [f"{number:02}_ex" for number in range(1, 14)]
    parts = (Part(1, {"en": "one"}, tuple(names[:7])), Part(2, {"en": "two"}, tuple(names[7:])))
    one = row("Ada Lovelace", *[(spec(points=17),)] * 13, section="Tuesday")
    output = shown(one, is_class=True, parts=parts)
    assert "…" not in output
    assert output.count("Ada Lovelace") == 2


def test_a_submission_has_a_total_of_each_part_and_over_all():
    """With the title above the exercises."""
    output = shown(row("ada", KEPT, BROKEN, KEPT), parts=PARTS)
    table = output[output.index("exercise") :]
    order = ["part 1: nodes", "01_ex", "02_ex", "3 / 5", "part 2: nets", "03_ex", "3 / 3", "6 / 8"]
    assert sorted(order, key=table.rindex) == order


def test_who_is_excused_from_a_part_has_no_total_of_it():
    """And the other part counts as always."""
    one = marked(row("ada", KEPT, BROKEN, KEPT), exercise="03_ex", excused=True)
    first, second = tables(shown(one, row("bob", KEPT, KEPT, KEPT), parts=PARTS))
    assert cells("ada", first) == ["ada", "3", "0", "3 / 5"]
    assert cells("ada", second) == ["ada", "EX", "EX", "3 / 5"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_class_that_is_taught_one_part_sees_no_other(count):
    """Neither a column nor a title, with the settings of a course of two."""
    exercises = (KEPT,) * count
    rows = [row("ada", *exercises), row("bob", *exercises)]
    assert shown(*rows, parts=PARTS) == shown(*rows)
    assert shown(rows[0], parts=PARTS) == shown(rows[0])
