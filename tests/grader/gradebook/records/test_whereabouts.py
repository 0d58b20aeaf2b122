"""Where people are now: by identifiers that belong to one person, and by nothing else."""

import pytest
from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import Line
from grader.gradebook.records.whereabouts import recorded, whereabouts


def person(name, *ids, called=None):
    return Identity(name, called or name, ids, "t")


def lines(*people):
    """The lines of a journal in which these people are recorded; a text has no identifiers."""
    found = []
    for one in people:
        found.append(Line("t", verdict(one if isinstance(one, str) else one.name, GOOD)))
        if not isinstance(one, str):
            found.append(Line("t", one))
    return found


def moves(before, now):
    return whereabouts(lines(*before), now).moves


def test_the_last_that_was_recorded_holds():
    """A roster with addresses may come after one without."""
    first, last = person("bob", "1"), person("bob", "1", "b@x.edu")
    assert recorded([*lines(first), Line("t", last)]) == {"bob": last}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (person("Bob Berg_501", "501"), person("Robert Berg_501", "501")),
        (person("Cy", "3", "cy@x.edu"), person("cycy_3", "3", called="Cy")),
        (person("bob", "1002", "bob@x.edu", "bob"), person("bobby", "77", "BOB@x.edu", "bob")),
        ("bergbob_1002", person("bergrobert_1002", "1002")),
    ],
    ids=["renamed", "handed in now", "by address", "old journal"],
)
def test_who_has_another_name_now_is_found_by_an_id(before, now):
    """Somebody who changed names lost all marks elsewhere (openwebwork/webwork2 issue 2605)."""
    name = before if isinstance(before, str) else before.name
    assert moves([before, person("eve", "9")], [now, person("eve", "9")]) == {name: now.name}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (person("bob", "bob@a.edu", "bob"), person("bobby", "bob@b.edu", "bob")),
        (person("bob", "1"), person("robert")),
        ("team_1", person("ada", "1")),
        ("bob", person("robert", "1")),
    ],
    ids=["same word before the @", "no id", "a number that is no id", "none recorded"],
)
def test_who_may_be_somebody_else_is_not_moved(before, now):
    """In doubt nothing is moved."""
    assert moves([before], [now]) == {}


def test_an_id_of_two_people_proves_nothing():
    """As a group's number would."""
    assert moves([person("bob", "1")], [person("x", "1"), person("y", "1")]) == {}


def test_namesakes_who_hand_in_do_not_get_each_others_marks():
    """Names of learners without a submission depend on who has handed in: here they swap."""
    before = [person("Jo Kim", "7"), person("Jo Kim (8)", "8", called="Jo Kim")]
    now = [person("kimjo_7", "7", called="Jo Kim"), person("Jo Kim", "8")]
    assert moves(before, now) == {"Jo Kim": "kimjo_7", "Jo Kim (8)": "Jo Kim"}


def test_a_namesake_of_somebody_who_left_is_another_person():
    """Where all others are known by the same kind of ids; another kind of list proves nothing."""
    others = [person(f"p{n}", f"{n}") for n in range(3)]
    before = [*others, person("Alex Li", "7")]
    assert moves(before, [*others, person("Alex Li", "8")]) == {"Alex Li": "Alex Li (7)"}
    other_list = [person(one.name, f"c{one.ids[0]}") for one in before]
    assert moves(before, other_list) == {}


def test_a_submission_of_the_same_name_stays_whatever_list_is_used():
    """A folder that is matched by name, with a corrected number."""
    others = [person(f"p{n}", f"{n}") for n in range(3)]
    before = [*others, person("bob", "1002", called="Bob Berg")]
    assert moves(before, [*others, person("bob", "1020", called="Bob Berg")]) == {}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123456"), min_size=1),
    st.dictionaries(st.sampled_from("123456"), st.sampled_from("abcdefgh"), min_size=1),
)
def test_nobody_is_ever_moved_to_a_name_with_another_id(before, now):
    """Whatever names people had and have: where somebody goes, that id is."""
    people = [person(name, identifier) for identifier, name in now.items()]
    if len({one.name for one in people}) < len(people):
        return
    found = moves([person(name, identifier) for name, identifier in before.items()], people)
    here = {one.name: one.ids[0] for one in people}
    for name, home in found.items():
        assert here.get(home, before[name]) == before[name]
