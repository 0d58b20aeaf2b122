"""Many marks from a file: all of them, or none and what is wrong with each line."""

import pytest
from gradebooks import BAD, GOOD, verdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marking.journals import journal_in

from grader.errors import CommandError, RosterError
from grader.gradebook.by_hand.mark_list import set_marks
from grader.gradebook.by_hand.wishes import Wish
from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.records.identity import Identity
from grader.gradebook.standing import standings


@pytest.fixture
def journal(tmp_path):
    """The path of a journal of three learners and two exercises."""
    path = journal_in(tmp_path, *(verdict(name, GOOD, BAD) for name in ("ada", "bob", "cy_3")))
    with Journal.existing(path) as journal:
        journal.decide(Identity("bob", "Berg, Bob", ("1002", "bob@x.edu", "bob"), "t"))
        journal.decide(Identity("cy_3", "Coe, Cy", ("3",), "t"))
    return path


def set_from(path, text, **common):
    file = path.with_name("marks.csv")
    file.write_text(text, "utf-8")
    with Journal.existing(path) as journal:
        return set_marks(journal, file, Wish("", **common), "eve")


def test_points_halves_excuses_and_comments_are_set_at_once(journal):
    """By name, id or address: PrairieLearn/PrairieLearn pull request 5909 has lists for it."""
    made = set_from(
        journal,
        "name,id,email,exercise,points,reason,comment\n"
        "ada,,,1,2.5,by eye,Nearly.\n"
        'ada,,,2,"3,5",by eye,\n'
        "Bob Berg,1002,,01_ex,excused,ill,\n"
        "x,,bob@x.edu,2,EX,ill,\n"
        '"Coe, Cy",,,,,,See me.\n',
    )
    assert [(one.name, one.exercise, one.points, one.excused) for one in made] == [
        ("ada", "01_ex", 2.5, False),
        ("ada", "02_ex", 3.5, False),
        ("bob", "01_ex", None, True),
        ("bob", "02_ex", None, True),
        ("cy_3", "", None, False),
    ]
    with Journal.existing(journal) as kept:
        found = standings(kept.lines)
    assert [one.points for one in found["ada"].marks] == [2.5, 3.5]


def test_what_all_lines_share_need_not_be_in_the_file(journal):
    """Exercise and reason from the command line; semicolons as separators, as Excel has them."""
    made = set_from(journal, "id;points\n1002;4\n3;0\n", exercise="1", reason="exam")
    assert [(one.name, one.points, one.reason) for one in made] == [
        ("bob", 4, "exam"), ("cy_3", 0, "exam")
    ]  # fmt: skip


def test_the_only_exercise_of_a_journal_is_meant_where_none_is_named(tmp_path):
    """A journal knows which one it is of."""
    path = journal_in(tmp_path, verdict("ada", GOOD), exercise="01_ex")
    assert set_from(path, "name,points,reason\nada,1,x\n")[0].exercise == "01_ex"


def test_every_line_that_makes_no_sense_is_told_and_nothing_is_written(journal):
    """With file and line: correcting one after the other takes an afternoon."""
    before = journal.read_bytes()
    lines = [
        "name,exercise,points,reason",
        "ada,1,4,fine",
        "nobody,1,4,x",
        "ada,9,4,x",
        "ada,2,4.25,x",
        "ada,2,five,x",
        "bob,1,4,",
        "ada,1,3,again",
        "bob,,4,x",
        "cy_3,1,5,x",
    ]
    with pytest.raises(JournalError) as told:
        set_from(journal, "\n".join(lines) + "\n")
    assert journal.read_bytes() == before
    found = str(told.value).splitlines()
    assert found[0] == "no mark was set:"
    numbers = [one.split("marks.csv, line ")[1].split(":")[0] for one in found[1:]]
    assert numbers == [*"3456789", "10"]
    for line, why in zip(
        found[1:],
        ("'nobody'", "01_ex, 02_ex", "steps of 0.5", "'five'", "--reason", "in line 2, too",
         "needs an exercise", "expected 0 to 4"),
        strict=True,
    ):  # fmt: skip
        assert why in line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "an empty file"),
        ("name,points\n", "a line for each mark"),
        ("name,colour\nada,red\n", "expected columns"),
        ("points,reason\n4,x\n", "expected a header with"),
        ("name,points,Points\nada,1,2\n", "one column points, found two"),
        ("name,points,reason\n,1,x\n", "line 2"),
    ],
)
def test_a_file_that_is_no_list_is_refused(journal, text, told):
    """Nothing is written."""
    before = journal.read_bytes()
    with pytest.raises((RosterError, JournalError), match=told):
        set_from(journal, text)
    assert journal.read_bytes() == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text('ab,"1.5;\n\tEX=é', max_size=8), max_size=6))
def test_whatever_is_in_the_file_all_is_set_or_nothing(journal, cells):
    """No other error, and no half of a list."""
    before = journal.read_bytes()
    try:
        made = set_from(journal, "name,exercise,points,reason\nada,1,1,x\n" + ",".join(cells))
    except CommandError:
        assert journal.read_bytes() == before
    else:
        assert journal.read_bytes().count(b'"mark"') == before.count(b'"mark"') + len(made)
