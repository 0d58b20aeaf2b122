"""Setting and publishing marks: invalid requests are rejected, and leave the journal unchanged."""

import pytest
from gradebooks import GOOD, OURS, verdict
from marking.journals import EXERCISE, journal_in

from grader.gradebook.journal import Journal, JournalError, erase
from grader.gradebook.setting import publish, set_mark
from grader.gradebook.standing import standings
from grader.roster.roster import Learner


def set_on(path, name="bob", exercise=EXERCISE, points=None, comment="", reason="", **more):
    with Journal.existing(path) as journal:
        return set_mark(
            journal, name, exercise, points, comment=comment, reason=reason, by="eve", **more
        )


def read(path):
    with Journal.existing(path) as journal:
        return journal.lines


def test_a_mark_is_in_the_journal_for_good(tmp_path):
    """Earlier bytes are unchanged; the mark is equal when read back."""
    path = journal_in(tmp_path)
    before = path.read_bytes()
    made = set_on(path, points=3, reason="\u202e=1 \udc80\n")
    assert path.read_bytes().startswith(before)
    assert read(path)[-1].content == made
    assert standings(read(path))["bob"].marks == (made,)


@pytest.mark.parametrize("name", ["1", "01", "ex", "01_ex", "exercises/01_ex/"])
def test_an_exercise_may_have_each_of_its_names(tmp_path, name):
    """As for the command that judges; the journal has the full name."""
    path = journal_in(tmp_path)
    assert set_on(path, exercise=name, points=3, reason="x").exercise == EXERCISE
    assert set_on(path, exercise=name, withdrawn=True).exercise == EXERCISE
    assert standings(read(path))["bob"].marks == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"name": "Bob", "points": 1, "reason": "x"}, "'Bob'.*bob"),
        ({"exercise": "09_ex", "points": 1, "reason": "x"}, "expected an exercise that.*01_ex"),
        ({"points": 5, "reason": "x"}, "expected 0 to 4"),
        ({"points": -1, "reason": "x"}, "expected 0 to 4"),
        ({"points": 1}, "--reason"),
        ({"exercise": "", "points": 1, "reason": "x"}, "--exercise"),
        ({"reason": "x"}, "nothing to set"),
        ({"withdrawn": True}, "no mark is set by hand"),
        ({"withdrawn": True, "points": 1}, "cannot be combined with --points"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, arguments, told):
    """The journal is unchanged."""
    path = journal_in(tmp_path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match=told):
        set_on(path, **arguments)
    assert path.read_bytes() == before


ROSTER = (
    Learner("Berg, Bob", identifiers=("1002", "bob")),
    Learner("Ash, Ada", identifiers=("1001", "ada")),
    Learner("Kim, Jo", identifiers=("7",)),
    Learner("Kim, Jo", identifiers=("8",)),
    Learner("Zahn, Zoe", identifiers=("9",)),
)


@pytest.mark.parametrize(
    ("submission", "name"),
    [
        ("bob", "Berg, Bob"),
        ("bergbob_1002", "Berg, Bob"),
        ("Bob Berg_1002", "Berg, Bob"),
        ("Zahn, Zoe", "Zahn, Zoe"),
        ("zoe", "zoe"),
    ],
)
def test_a_learner_is_found_by_the_name_on_the_roster(tmp_path, submission, name):
    """The table shows that name, but the journal has the name of the submission."""
    path = journal_in(tmp_path, verdict("ada", GOOD), verdict(submission, GOOD))
    mark = set_on(path, name=name, points=3, reason="x", roster=ROSTER)
    assert mark.name == submission
    with Journal.existing(path) as journal:
        assert publish(journal, [name], "eve", ROSTER).published == (submission,)


@pytest.mark.parametrize(
    ("submissions", "name", "told"),
    [
        (
            ["bob", "bergbob_1002"],
            "Berg, Bob",
            r"fits several submissions: bob \(1002\), bergbob_1002; name one",
        ),
        (["kimjo_7", "kimjo_8"], "Kim, Jo", "fits several submissions: kimjo_7, kimjo_8"),
        (
            ["bob"],
            "Berg, Bo",
            "expected the name of a submission or .*, found 'Berg, Bo'.*: Berg, Bob",
        ),
        (["bob"], "Zahn, Zoe", "found 'Zahn, Zoe'"),
    ],
)
def test_a_name_on_the_roster_that_is_not_clear_is_refused(tmp_path, submissions, name, told):
    """The error lists similar names instead of guessing."""
    path = journal_in(tmp_path, *(verdict(one, GOOD) for one in submissions))
    before = path.read_bytes()
    with pytest.raises(JournalError, match=told):
        set_on(path, name=name, points=3, reason="x", roster=ROSTER)
    assert path.read_bytes() == before


def test_only_what_has_changed_is_published_again(tmp_path):
    """Grader errors are not published."""
    path = journal_in(tmp_path, verdict("ada", OURS), verdict("bob", OURS))
    set_on(path, points=3, reason="by eye")
    with Journal.existing(path) as journal:
        first, second = (publish(journal, [], "eve") for _ in range(2))
    assert (first.published, first.unsettled) == (("bob",), ("ada",))
    assert (second.published, second.unchanged) == ((), ("bob",))


def test_nobody_is_published_if_one_name_is_unknown(tmp_path):
    """After a typing error, no mark is published."""
    path = journal_in(tmp_path)
    before = path.read_bytes()
    with Journal.existing(path) as journal, pytest.raises(JournalError, match="bobby"):
        publish(journal, ["ada", "bobby"], "eve")
    assert path.read_bytes() == before


def test_erasing_a_learner_erases_marks_and_publications(tmp_path):
    """Marks of other learners stay."""
    path = journal_in(tmp_path)
    set_on(path, points=3, reason="secret reason")
    with Journal.existing(path) as journal:
        publish(journal, [], "eve")
    assert erase(path, "bob") == ("bob", 3)
    assert b"bob" not in path.read_bytes()
    assert b"secret reason" not in path.read_bytes()
    assert standings(read(path), published=True).keys() == {"ada"}


@pytest.mark.parametrize(
    "change",
    [('"points":3', '"points":"3"'), ('"points":3', '"points":-3'), ('"withdrawn":false', '"w":0'),
     ('"name":"bob","exercise"', '"name":"zoe","exercise"')],
)  # fmt: skip
def test_a_damaged_mark_is_told_with_its_line(tmp_path, change):
    """Invalid values, and a mark for a learner who was not judged."""
    path = journal_in(tmp_path)
    set_on(path, points=3, reason="x")
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(JournalError, match="line 4, is damaged"):
        read(path)
