"""Whose a submission is, and nobody is guessed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.roster.matching import match
from grader.roster.roster import Learner

JANE = Learner("Doe, Jane", "A", "jane@uni.example", ("12345", "jdoe", "jane@uni.example", "jane"))
ANN = Learner("Ann Lee", "B", "", ("777", "alee"))
VINCENT = Learner("van Gogh, Vincent Willem")
CLASS = (JANE, ANN, VINCENT)


@pytest.mark.parametrize(
    ("key", "identifier", "learner"),
    [
        ("doejane_12345", "12345", JANE),
        ("Participant_12345", "12345", JANE),
        ("12345", "", JANE),
        ("jdoe", "", JANE),
        ("JDoe", "", JANE),
        ("jane@uni.example", "", JANE),
        ("jane", "", JANE),
        ("Jane Doe", "", JANE),
        ("Doe, Jane", "", JANE),
        ("doejane", "", JANE),
        ("JaneDoe", "", JANE),
        ("jane-doe", "", JANE),
        ("ＪＡＮＥ doe", "", JANE),
        ("Jane Doe_4711", "4711", JANE),
        ("leeann_777", "777", ANN),
        ("vincentwillemvangogh_5", "5", VINCENT),
        ("Vincent Willem van Gogh", "", VINCENT),
        ("van Gogh Vincent Willem", "", VINCENT),
    ],
)
def test_a_submission_is_known_by_number_login_address_or_name(key, identifier, learner):
    """Names in every order, whatever their case and punctuation."""
    matching = match(CLASS, {key: identifier})
    [found] = matching.matches
    assert (found.submission, found.learner, found.note) == (key, learner, "")
    assert matching.absent == tuple(one for one in CLASS if one is not learner)
    assert matching.unclear == ()


@pytest.mark.parametrize(
    "key", ["bob", "doe", "Jane", "Jane Doe Smith", "", " ", "…", "anon_aBcD5"]
)
def test_a_learner_who_is_not_on_the_roster_keeps_a_row(key):
    """Half a name is not a name, and no name fits nobody."""
    [found] = match((ANN, VINCENT), {key: ""}).matches
    assert (found.learner, found.note, found.fits) == (None, "is not on the roster", ())


def test_the_number_tells_people_of_the_same_name_apart():
    """That is what it is for."""
    other = replace(JANE, identifiers=("54321",))
    matching = match((JANE, other), {"doejane_54321": "54321", "doejane_12345": "12345"})
    assert [found.learner for found in matching.matches] == [JANE, other]
    assert matching.absent == matching.unclear == ()


def test_of_two_people_whom_it_fits_nobody_is_guessed():
    """Neither of them counts as absent, for one of them is not."""
    other = replace(JANE, identifiers=("54321",))
    matching = match((JANE, other, ANN), {"Jane Doe": ""})
    [found] = matching.matches
    assert found.learner is None
    assert found.note == "fits two on the roster: Doe, Jane (12345); Doe, Jane (54321)"
    assert found.fits == (JANE, other)
    assert matching.unclear == (JANE, other)
    assert matching.absent == (ANN,)


def test_names_that_are_each_others_reverse_are_not_guessed():
    """Canvas puts the surname first, others do not: weili may be either."""
    [found] = match((Learner("Li Wei"), Learner("Wei Li")), {"weili_5": "5"}).matches
    assert found.note == "fits two on the roster: Li Wei; Wei Li"


def test_a_number_and_a_name_that_contradict_each_other_are_not_guessed():
    """Moodle's number of a participant may happen to be another's student number."""
    [found] = match(CLASS, {"Ann Lee_12345": "12345"}).matches
    assert found.note == "fits two on the roster: Doe, Jane (12345); Ann Lee (777)"


def test_a_number_that_two_have_is_settled_by_the_name():
    """Two columns of ids may count from one each."""
    roster = (Learner("Jane Doe", identifiers=("1", "2")), Learner("Ann", identifiers=("2", "1")))
    [found] = match(roster, {"Ann_1": "1"}).matches
    assert (found.learner, found.note) == (roster[1], "")


def test_a_number_under_another_name_is_told():
    """It may be a group's, or a maiden name; the instructor should see it."""
    [found] = match(CLASS, {"projectgroup3_12345": "12345"}).matches
    assert found.learner == JANE
    assert found.note == "has the number 12345 of Doe, Jane, but another name"


def test_a_participant_without_a_name_has_no_other_name():
    """With blind marking, the roster and the download have the number, in any language."""
    roster = (Learner("Teilnehmer/in 501", identifiers=("501",)),)
    [found] = match(roster, {"Teilnehmerin_501": "501"}).matches
    assert (found.learner, found.note) == (roster[0], "")


def test_two_submissions_of_one_learner_are_both_shown():
    """Neither is dropped, and the learner does not count as absent."""
    matching = match(CLASS, {"jane": "", "doejane_12345": "12345", "alee": ""})
    note = "two submissions of Doe, Jane: doejane_12345 and jane; give each its own row"
    assert [(one.submission, one.learner, one.note) for one in matching.matches] == [
        ("alee", ANN, ""),
        ("doejane_12345", None, note),
        ("jane", None, note),
    ]
    assert matching.matches[1].fits == (JANE,)
    assert matching.unclear == (JANE,)
    assert matching.absent == (VINCENT,)


def test_many_submissions_of_one_learner_are_counted_not_listed():
    """A message stays readable."""
    keys = {f"doejane_{'0' * number}": "12345" for number in range(9)}
    assert (
        match(CLASS, keys).matches[0].note.startswith("9 submissions of Doe, Jane: doejane_ and ")
    )
    assert match(CLASS, keys).matches[0].note.endswith(" and 4 more; give each its own row")


def test_vowel_signs_tell_names_apart():
    """They are no letters, but कमल and कमला are two people."""
    kamal, kamala = Learner("कमल"), Learner("कमला")
    assert match((kamal, kamala), {"कमला": ""}).matches[0].learner == kamala


def test_an_accent_is_the_same_however_it_is_written():
    """macOS writes it apart, others as one character."""
    assert match((Learner("José Núñez"),), {"Jose\u0301 Nu\u0301n\u0303ez": ""}).matches[0].learner


def test_a_large_class_is_matched_at_once():
    """It takes a look-up for each, not a comparison with everybody."""
    roster = tuple(Learner(f"Jane {n} Doe", identifiers=(str(n),)) for n in range(5_000))
    matching = match(roster, {f"doejane{n}_{n}": str(n) for n in range(5_000)})
    assert all(found.learner for found in matching.matches)
    assert matching.absent == matching.unclear == ()


# Groups

TEAM = (
    Learner("Ana Ito", "A", "", ("s1", "501"), group="Team 1"),
    Learner("Ben Oak", "A", "", ("s2", "502"), group="Team 1; Lab A"),
    Learner("Cy Poe", "A", "", ("s3", "7"), group="Team 2"),
)


def credited(submissions, logins=None):
    """Who gets what, and all notes."""
    found = match(TEAM, submissions, logins).matches
    return {one.learner.name: one.submission for one in found if one.learner}, {
        one.note for one in found
    }


@pytest.mark.parametrize(
    ("key", "identifier"), [("Team 1", ""), ("team1_501", "501"), ("Team 1_99", "99")]
)
def test_a_submission_of_a_group_is_that_of_each_member(key, identifier):
    """Canvas has the number of a member, Moodle that of the group."""
    found, notes = credited({key: identifier})
    assert found == {"Ana Ito": key, "Ben Oak": key}
    [note] = notes
    assert re.fullmatch("handed in by the group [Tt]eam ?1: Ana Ito, Ben Oak", note)
    assert match(TEAM, {key: identifier}).absent == (TEAM[2],)


def test_the_number_of_somebody_else_is_no_member():
    """Moodle's number of a group may be that of a participant of another one."""
    found, notes = credited({"Team 1_7": "7"})
    assert found == {}
    assert notes == {"fits three on the roster: Ana Ito (s1); Ben Oak (s2); Cy Poe (s3)"}


def test_a_number_that_may_be_a_groups_identifies_nobody_of_another_name():
    """Moodle's group 7 is not participant 7, if the roster does not know the group."""
    submissions = {"Other team_7": "7", "Ana Ito_501": "501"}
    matching = match(TEAM, submissions, unsure=list(submissions))
    assert [one.learner for one in matching.matches] == [TEAM[0], None]
    assert matching.matches[1].note == (
        "has the number 7 of Cy Poe, but another name; is it a group?"
    )
    assert (matching.absent, matching.unclear) == ((TEAM[1],), (TEAM[2],))


def test_a_username_before_the_name_is_no_other_name():
    """Moodle can be set to write it."""
    [found] = match(TEAM, {"aito Ana Ito_501": "501"}, unsure=["aito Ana Ito_501"]).matches
    assert (found.learner, found.note) == (TEAM[0], "")
    [found] = match(TEAM, {"aito Cy Poe_501": "501"}, unsure=["aito Cy Poe_501"]).matches
    assert (found.learner, found.fits) == (None, (TEAM[0],))


def test_where_names_are_hidden_numbers_identify_in_any_language():
    """All submissions then have the same name."""
    submissions = {"Teilnehmerin_501": "501", "Teilnehmerin_7": "7"}
    matching = match(TEAM, submissions, unsure=list(submissions))
    assert [one.learner for one in matching.matches] == [TEAM[0], TEAM[2]]


def test_a_member_who_handed_in_alone_is_not_guessed():
    """The others of the group keep their credit; nobody does if all handed in alone."""
    found, notes = credited({"Team 1": "", "Ben Oak": ""})
    assert found == {"Ana Ito": "Team 1"}
    assert "two submissions of Ben Oak: Ben Oak and Team 1; give each its own row" in notes
    found, notes = credited({"Team 1": "", "Ben Oak": "", "Ana Ito": ""})
    assert found == {}
    assert any("each of whom has another submission" in note for note in notes)


def test_a_section_is_no_group():
    """Whoever is in a class has not handed in together."""
    assert match((Learner("Ana", "A"),), {"A": ""}).matches[0].learner is None


def test_a_login_counts_if_nobody_is_known_by_the_whole_name():
    """GitHub Classroom puts the assignment before it."""
    found, notes = credited({"hw-s1": "", "s2": ""}, {"hw-s1": ("s1",), "s2": ("s3",)})
    assert (found, notes) == ({"Ana Ito": "hw-s1", "Ben Oak": "s2"}, {""})
    assert credited({"hw-team-2": ""}, {"hw-team-2": ("team-2",)})[0] == {"Cy Poe": "hw-team-2"}
    found, notes = credited({"hw-s1": ""}, {"hw-s1": ("s1", "s2")})
    assert found == {}
    assert notes == {"fits two on the roster: Ana Ito (s1); Ben Oak (s2)"}


# Whatever strangers may be called

WORDS = st.sampled_from(["Jane", "Doe", "Li", "Wei", "7", "8", "_", " ", ",", "", "j@x", "ß"])
NAMES = st.lists(WORDS, max_size=4).map("".join) | st.text(max_size=6)
LEARNERS = st.builds(
    Learner, name=NAMES, identifiers=st.lists(NAMES, max_size=2).map(tuple), section=WORDS
)


@given(st.lists(LEARNERS, max_size=6), st.dictionaries(NAMES, NAMES, max_size=6))
def test_every_submission_and_every_learner_is_accounted_for_once(roster, submissions):
    """Whatever their names are, nobody is lost or doubled, and the order of things is nothing."""
    matching = match(roster, submissions, unsure=[name for name in submissions if "7" in name])
    assert [found.submission for found in matching.matches] == sorted(submissions)
    given_to = [found.learner for found in matching.matches if found.learner is not None]
    accounted = [*given_to, *matching.absent, *matching.unclear]
    assert sorted(accounted, key=repr) == sorted(roster, key=repr)
    turned = dict(reversed(submissions.items()))
    assert matching == match(roster, turned, unsure=[name for name in turned if "7" in name])


@given(
    st.lists(st.builds(Learner, name=NAMES, group=WORDS, section=WORDS), max_size=6),
    st.dictionaries(NAMES | WORDS, NAMES, max_size=6),
)
def test_groups_lose_and_double_nobody(roster, submissions):
    """Each learner is credited with one submission at most, and each submission is shown."""
    matching = match(roster, submissions)
    assert {found.submission for found in matching.matches} == set(submissions)
    given_to = [found.learner for found in matching.matches if found.learner is not None]
    accounted = [*given_to, *matching.absent, *matching.unclear]
    assert sorted(accounted, key=repr) == sorted(roster, key=repr)


@given(st.lists(LEARNERS, max_size=6), st.dictionaries(NAMES, NAMES, max_size=6))
def test_a_submission_without_a_learner_says_why(roster, submissions):
    """A learner that it has is the only one whom it fits; otherwise there is a note."""
    for found in match(roster, submissions).matches:
        if found.learner is None:
            assert found.note
        else:
            assert found.fits == (found.learner,)


@given(st.lists(LEARNERS, max_size=6), st.dictionaries(NAMES, NAMES, max_size=6))
def test_the_order_of_the_roster_decides_nothing(roster, submissions):
    """Only the order in which learners are listed follows it."""
    matching = match(roster, submissions)
    turned = match(roster[::-1], submissions)
    assert [one.learner for one in matching.matches] == [one.learner for one in turned.matches]
    assert matching.absent == turned.absent[::-1]
    assert matching.unclear == turned.unclear[::-1]
