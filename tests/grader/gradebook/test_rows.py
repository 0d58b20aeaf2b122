"""The gradebook: one row for each learner, and no unnecessary judging."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import Exercise
from grader.course.late_policy import Late
from grader.errors import RosterError
from grader.gradebook.journal import Journal
from grader.gradebook.rows import entries_of, in_sections, rounds, rows, unjudged
from grader.roster.roster import Learner
from grader.submissions.class_folder import Collected, PendingSubmission
from grader.submissions.submission import Submission
from grader.verdicts.verdict import Conditions, ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict
from grader.worker.source import Source

EXERCISES = (Exercise(Path("/course"), "01_f"), Exercise(Path("/course"), "02_g"))
CONDITIONS = Conditions("c0", "s0", "3.11", "2.0", {"call_seconds": 2}, ("landlock",))


class Kept:
    """The part of a journal that the gradebook uses."""

    def __init__(self, *verdicts):
        self.verdicts = {verdict.name: verdict for verdict in verdicts}


def entry(name, identifier="", text="f = 1", exercises=EXERCISES, notes=()):
    submission = Submission(name, {"f": Source("f.py", text)}, exercises, notes)
    return PendingSubmission(name, identifier, lambda: submission)


def collected(*entries):
    return Collected(tuple(entries), EXERCISES, is_class=True)


def judged(submission, outcome=Outcome.PASSED, conditions=CONDITIONS):
    """Return a verdict on all exercises of a submission."""
    spec = SpecVerdict("test_it", "It is.", Tier.CORE, outcome, 2, submission.problem)
    exercises = tuple(ExerciseVerdict(one.name, (spec,)) for one in submission.exercises)
    return Verdict(submission.name, exercises, submission.hash, conditions, tuple(submission.notes))


def names(found):
    return [(entry.learner.name if entry.learner else None, entry.pending.name) for entry in found]


def gradebook(found, order=1):
    """Return the rows after judging all entries in the order given by a step of 1 or -1."""
    verdicts = [judged(entry.pending.read()) for entry in found][::order]
    return rows(found, Kept(*verdicts))


# Who gets a row


def test_without_a_roster_whoever_handed_in_something_gets_a_row():
    """Rows have the names and the order of the submissions."""
    found = entries_of(collected(entry("ada"), entry("bob")), None)
    assert names(found) == [(None, "ada"), (None, "bob")]
    assert [row.name for row in gradebook(found)] == ["ada", "bob"]


def test_every_learner_on_the_roster_gets_a_row_under_that_name():
    """With section and address; without a submission, the row says so and has no points."""
    roster = [
        Learner("Lovelace, Ada", "Mon", "ada@x.org", ("7",)),
        Learner("Babbage, Charles", "Tue", "cb@x.org", ("8",)),
    ]
    found = entries_of(collected(entry("adalovelace_7", "7")), roster)
    charles, ada = gradebook(found)
    assert (ada.name, ada.section, ada.email) == ("Lovelace, Ada", "Mon", "ada@x.org")
    assert ada.verdict.name == "adalovelace_7"
    assert (charles.name, charles.section, charles.email) == ("Babbage, Charles", "Tue", "cb@x.org")
    assert "nothing was handed in" in str(charles.verdict.exercises[0].specs[0].message)
    assert [exercise.name for exercise in charles.verdict.exercises] == ["01_f", "02_g"]


def test_who_is_not_on_the_roster_keeps_a_row_with_a_note():
    """No submission gets lost."""
    found = entries_of(collected(entry("ada"), entry("stranger")), [Learner("Ada")])
    ada, stranger = gradebook(found)
    assert ada.notes == ()
    assert stranger.name == "stranger"
    assert stranger.notes == ("is not on the roster",)


def test_where_it_is_not_clear_whose_a_submission_is_nobody_is_guessed():
    """The submissions have rows of their own; the learner's row says why it is empty."""
    found = entries_of(
        collected(entry("ada"), entry("ada l", "7")), [Learner("Ada", "", "", ("7",))]
    )
    book = gradebook(found)
    assert len(book) == 3
    (theirs,) = [row for row in book if row.name == "Ada"]
    assert "not clear" in str(theirs.verdict.exercises[0].specs[0].message)
    assert all("two submissions" in str(row.notes[0]) for row in book if row is not theirs)


def test_what_was_noticed_in_a_submission_is_a_note_of_its_row():
    """After the note about the roster."""
    found = entries_of(
        collected(entry("eve", notes=("layers.py is taken for f.py",))), [Learner("Ada")]
    )
    (_, eve) = gradebook(found)
    assert tuple(map(str, eve.notes)) == ("is not on the roster", "layers.py is taken for f.py")


def test_namesakes_get_a_row_each():
    """Also if neither handed in anything, or a submission has the same name."""
    roster = [Learner("Kim Lee", "", "", ("1",)), Learner("Kim Lee", "", "", ("2",))]
    for entries in ((), (entry("Kim Lee"),), (entry("Kim Lee (1)"), entry("Kim Lee (2)"))):
        found = entries_of(collected(*entries), roster)
        keys = [entry.pending.name for entry in found]
        assert len(set(keys)) == len(keys) == 2 + len(entries)
        assert len([row for row in gradebook(found) if row.name == "Kim Lee"]) >= 2


NAMES = st.sampled_from(["Ada", "ada", "Ada L", "Bob", "bob_1", "Bob (1)", "李", "1", "2", "x"])


@given(
    st.lists(
        st.tuples(NAMES, st.lists(st.sampled_from("123"), max_size=1).map(tuple)),
        unique=True,
        max_size=5,
    ),
    st.lists(st.tuples(NAMES, st.sampled_from(["", "1", "2", "9"])), unique_by=lambda one: one[0]),
)
def test_nobody_is_missing_and_nobody_is_there_twice(learners, handed_in):
    """For any names: each learner and each submission is in exactly one row."""
    roster = [Learner(name, "", "", tuple(ids)) for name, ids in learners]
    found = entries_of(collected(*(entry(*one) for one in sorted(handed_in))), roster)
    keys = [entry.pending.name for entry in found]
    assert len(set(keys)) == len(keys)
    assert {name for name, _ in handed_in} <= set(keys)
    assert sorted(map(id, roster)) == sorted(id(entry.learner) for entry in found if entry.learner)
    nothing = [entry for entry in found if entry.pending.name not in dict(handed_in)]
    assert all(entry.learner and entry.pending.read().problem for entry in nothing)
    assert len(found) == len(handed_in) + len(nothing)


def test_rows_do_not_depend_on_the_order_in_which_verdicts_were_found():
    """Judges finish in any order, also across interrupted runs."""
    found = entries_of(
        collected(entry("a"), entry("b"), entry("c")), [Learner("Bob"), Learner("C")]
    )
    assert gradebook(found) == gradebook(found, order=-1)


# Who is judged


def wanted(found, journal, conditions=CONDITIONS, regrade=()):
    """Return the names of submissions that have to be judged."""
    return [one.name for one in unjudged(found, journal, conditions, regrade) if one is not None]


def test_at_first_everybody_is_judged_and_then_nobody():
    """Including learners without a submission."""
    found = entries_of(collected(entry("ada"), entry("bob")), [Learner("ada"), Learner("eve")])
    assert wanted(found, Kept()) == ["ada", "bob", "eve"]
    kept = Kept(*(judged(entry.pending.read()) for entry in found))
    assert wanted(found, kept) == []
    assert list(unjudged(found, kept, CONDITIONS, ())) == [None] * 3


@pytest.mark.parametrize(
    "now",
    [
        entry("ada", text="f = 2"),
        entry("ada", exercises=EXERCISES[:1]),
        entry("ada", exercises=EXERCISES[::-1]),
        entry("ada", notes=("handed in late",)),
        PendingSubmission(
            "ada", "", lambda: Submission("ada", {}, EXERCISES, problem="cannot be read")
        ),
    ],
    ids=["text", "exercises", "order", "notes", "problem"],
)
def test_who_has_handed_in_something_else_is_judged_again(now):
    """Other submissions are not."""
    before = Kept(judged(entry("ada").read()), judged(entry("bob").read()))
    assert wanted(entries_of(collected(now, entry("bob")), None), before) == ["ada"]


@pytest.mark.parametrize(
    "change",
    [
        {"course": "c1"},
        {"seed": "s1"},
        {"python": "3.12"},
        {"numpy": "2.1"},
        {"limits": {"call_seconds": 3}},
        {"limits": {"call_seconds": 2, "another": 1}},
        {"sandbox": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_under_other_conditions_everybody_is_judged_again(change):
    """All rows of a gradebook have the same conditions."""
    found = entries_of(collected(entry("ada"), entry("bob")), None)
    before = Kept(*(judged(entry.pending.read()) for entry in found))
    assert wanted(found, before, replace(CONDITIONS, **change)) == ["ada", "bob"]


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_fault_of_the_grader_is_tried_again(outcome):
    """Timeouts, crashes and failures are final verdicts."""
    found = entries_of(collected(entry("ada")), None)
    before = Kept(judged(found[0].pending.read(), outcome))
    again = outcome is Outcome.GRADER_ERROR
    assert wanted(found, before) == (["ada"] if again else [])


def test_who_is_to_be_regraded_is_judged_though_nothing_changed():
    """Other submissions are not judged again."""
    found = entries_of(collected(entry("ada"), entry("bob")), None)
    before = Kept(*(judged(entry.pending.read()) for entry in found))
    assert wanted(found, before, regrade=["bob"]) == ["bob"]


def test_submissions_are_read_one_by_one():
    """A class need not fit into memory."""
    read = []

    def lazy(name):
        return PendingSubmission(
            name, "", lambda: read.append(name) or Submission(name, {}, EXERCISES)
        )

    coming = unjudged(entries_of(collected(lazy("a"), lazy("b")), None), Kept(), CONDITIONS, ())
    next(coming)
    assert read == ["a"]


# Sections


def test_a_grader_gets_only_their_sections():
    """Submissions were matched to learners in the whole class before."""
    roster = [Learner("Ada", "A", "", ("1001",)), Learner("Bob", "B", "", ("1002",))]
    found = entries_of(collected(entry("ada_1001", "1001"), entry("zoe")), roster)
    assert names(in_sections(found, ["A"])) == [("Ada", "ada_1001")]
    assert names(in_sections(found, ["A", "B"])) == [("Ada", "ada_1001"), ("Bob", "Bob")]
    with pytest.raises(RosterError, match=r"found 'A', 'B'"):
        in_sections(found, ["a"])


# Attempts and groups


def attempt(name, *earlier, text="f = 1"):
    """A submission with these earlier attempts."""
    return replace(entry(name, text=text), earlier=tuple(earlier))


def test_attempts_are_judged_in_the_order_in_which_they_came():
    """One of each learner at a time, the last ones in the end; if the best one may count."""
    ann = attempt("ann", entry("ann", text="f = 2"), entry("ann", text="f = 3"), text="f = 4")
    bob = attempt("bob", entry("bob", text="f = 5"), text="f = 6")
    found = entries_of(collected(ann, bob, entry("eve")), None)

    def texts(policy):
        return [
            [one.pending.read().sources["f"].text for one in attempts]
            for attempts in rounds(found, Late(attempt=policy))
        ]

    assert texts("best") == [["f = 2"], ["f = 3", "f = 5"], ["f = 4", "f = 6", "f = 1"]]
    assert texts("last") == texts("best")[-1:]


def test_an_earlier_attempt_is_judged_once(tmp_path):
    """Though the last verdict in the journal is that on a later attempt."""
    first, last = entry("ann", text="f = 2"), entry("ann", text="f = 3")
    (found,) = entries_of(collected(first), None)
    with Journal(tmp_path / "j", tmp_path) as journal:
        for pending in (first, last):
            journal.add(judged(pending.read()), 0.1)
        assert list(unjudged([found], journal, CONDITIONS, (), earlier=True)) == [None]
        assert list(unjudged([found], journal, CONDITIONS, ())) == [first.read()]
        assert list(unjudged([found], journal, CONDITIONS, ("ann",), earlier=True)) != [None]


def test_each_member_of_a_group_has_a_row_and_a_name_of_their_own():
    """The same files, and the names of the others; namesakes are told apart."""
    roster = [
        Learner("Ann", "", "", ("1",), group="Team"),
        Learner("Ann", "", "", ("2",), group="Team"),
        Learner("Bob", group="Other"),
    ]
    found = entries_of(collected(attempt("Team", entry("Team", text="f = 2"))), roster)
    assert names(found) == [("Ann", "Team: Ann"), ("Ann", "Team: Ann (2)"), ("Bob", "Bob")]
    ann, other, bob = gradebook(found)
    assert ann.notes == other.notes == ("handed in by the group Team: Ann, Ann",)
    assert (bob.handed_in, ann.points) == ("", other.points)
    submission, earlier = found[0].pending.read(), found[0].pending.earlier[0].read()
    assert (submission.name, earlier.name) == ("Team: Ann", "Team: Ann")
    assert submission.sources != earlier.sources


def test_a_section_is_the_same_however_its_accents_are_written():
    """A command line on macOS may have them apart."""
    found = entries_of(collected(entry("ann")), [Learner("Ann", "Caf\u00e9 and Bar")])
    assert names(in_sections(found, ["Cafe\u0301"])) == [("Ann", "ann")]


def test_an_address_of_the_platform_is_the_last_thing_to_go_by():
    """Gradescope's names and numbers may be other ones than those of the roster."""
    roster = [Learner("Ann Lee", "", "ann@x.org", ("7", "ann@x.org"))]
    pending = replace(entry("Annie_99", "99"), address="ann@x.org")
    assert names(entries_of(collected(pending), roster)) == [("Ann Lee", "Annie_99")]


def test_the_number_of_a_moodle_group_is_not_that_of_a_participant():
    """Canvas has the number of the member who handed in."""
    roster = [Learner("Ann", identifiers=("501",)), Learner("Cy", identifiers=("7",))]
    found = [
        (platform, names(entries_of(collected(replace(pending, platform=platform)), roster)))
        for pending in [entry("Team A_7", "7")]
        for platform in ("Moodle", "Canvas")
    ]
    assert found == [
        ("Moodle", [("Ann", "Ann"), ("Cy", "Cy"), (None, "Team A_7")]),
        ("Canvas", [("Ann", "Ann"), ("Cy", "Team A_7")]),
    ]
