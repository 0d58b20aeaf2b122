"""Verdicts as JSON: content of the document, and that nothing is lost."""

import json
from copy import deepcopy
from dataclasses import asdict, replace

import pytest
from gradebooks import BAD, GOOD, HELPED, marked, row
from jsonschema import Draft202012Validator

from grader.course.course import Part
from grader.gradebook.marks import Lateness
from grader.gradebook.rows import Row
from grader.reports.formats.json_file import render, schema
from grader.verdicts.verdict import (
    Conditions,
    ExerciseVerdict,
    Feedback,
    Outcome,
    SpecVerdict,
    Tier,
    Verdict,
)

PASSED = SpecVerdict("test_f", "f doubles.", Tier.CORE, Outcome.PASSED, 2)
FAILED = SpecVerdict(
    "test_g", "g halves — ½.", Tier.CORE, Outcome.FAILED, 3, "returned 1", "forgets", "printed\n"
)
STAR = SpecVerdict("test_h", "h waits.", Tier.STRETCH, Outcome.NOT_STARTED, 0, "write h")
CONDITIONS = Conditions("c0", "s0", "3.11", "2.0", {"call_seconds": 2}, ("landlock", "seccomp"))


EXERCISES = (ExerciseVerdict("01_f", (PASSED, FAILED, STAR)),)


def verdict(name="alice", exercises=EXERCISES):
    return Verdict(name, exercises, "h0", CONDITIONS, ("found under another name",))


ROW = Row(
    "Lovelace, Ada", verdict(), "Monday", "ada@x.org", ("handed in late", "and more"), "alice"
)


def read(*rows):
    return json.loads(render(rows))


def test_the_document_has_the_keys_that_were_promised():
    """Other programs rely on these names, and on the schema number."""
    document = read(ROW)
    assert document["schema"] == 9
    (submission,) = document["submissions"]
    told = {key: submission[key] for key in ("name", "section", "email", "handed_in", "notes")}
    assert told == {
        "name": "Lovelace, Ada",
        "section": "Monday",
        "email": "ada@x.org",
        "handed_in": "alice",
        "notes": ["handed in late", "and more"],
    }
    assert (submission["points"], submission["max_points"]) == (2, 5)
    (exercise,) = submission["exercises"]
    assert {key: exercise[key] for key in ("name", "done", "points", "max_points")} == {
        "name": "01_f",
        "done": False,
        "points": 2,
        "max_points": 5,
    }
    keys = {"name", "promise", "tier", "outcome", "points", "max_points", "message", "mistake"}
    keys |= {"output", "hints", "feedback"}
    for spec in exercise["specs"]:
        assert keys <= spec.keys()


def test_each_row_says_what_was_judged_and_under_which_conditions():
    """Submission, course, seed, versions, limits, layers: enough to reproduce the verdict."""
    (submission,) = read(ROW)["submissions"]
    assert submission["submission"] == "h0"
    assert submission["conditions"] == json.loads(json.dumps(asdict(CONDITIONS)))
    assert submission["conditions"]["sandbox"] == ["landlock", "seccomp"]


def test_every_verdict_can_be_read_back():
    """A round trip gives equal verdicts."""
    for submission in read(ROW, Row("bob", verdict("bob", ()), handed_in="bob"))["submissions"]:
        exercises = tuple(
            ExerciseVerdict(
                exercise["name"],
                tuple(
                    SpecVerdict(
                        spec["name"],
                        spec["promise"],
                        Tier(spec["tier"]),
                        Outcome(spec["outcome"]),
                        spec["max_points"],
                        spec["message"],
                        spec["mistake"],
                        spec["output"],
                        tuple(spec["hints"]),
                    )
                    for spec in exercise["specs"]
                ),
            )
            for exercise in submission["exercises"]
        )
        wanted = {"alice": verdict(), "bob": verdict("bob", ())}[submission["handed_in"]]
        assert exercises == wanted.exercises


def test_only_what_passed_has_points():
    """A failed spec has 0 points, and so has a stretch spec."""
    specs = read(ROW)["submissions"][0]["exercises"][0]["specs"]
    assert [(spec["points"], spec["max_points"]) for spec in specs] == [(2, 2), (0, 3), (0, 0)]


def test_rows_stay_in_their_order():
    """There is an entry for each row."""
    names = ["carol", "alice", "bob"]
    document = read(*(Row(name, verdict(name), handed_in=name) for name in names))
    assert [submission["name"] for submission in document["submissions"]] == names


def test_the_same_rows_give_the_same_bytes():
    """They do not depend on the order of limits, and contain no times."""
    assert render([ROW]) == render([Row(**vars(ROW))])
    assert not {"seconds", "at", "time", "duration"} & read(ROW)["submissions"][0].keys()


def test_text_that_utf_8_cannot_encode_can_be_written_and_read():
    """A submission may print unpaired surrogates, control codes, and quotation marks."""
    hostile = 'half \udc80, \x1b[31m, \0, "quoted", </script>, \u202e, 李'
    spec = SpecVerdict("t", "p", Tier.CORE, Outcome.FAILED, 1, hostile, None, hostile)
    exercises = (ExerciseVerdict("e", (spec,)),)
    text = render(
        [Row(hostile, verdict(hostile, exercises), hostile, hostile, (hostile,), hostile)]
    )
    assert text.isascii()
    assert "\x1b" not in text
    (submission,) = json.loads(text)["submissions"]
    for key in ("name", "section", "email", "handed_in"):
        assert submission[key] == hostile
    assert submission["notes"] == [hostile]
    assert submission["exercises"][0]["specs"][0]["message"] == hostile
    assert submission["exercises"][0]["specs"][0]["output"] == hostile


def test_what_was_found_and_what_learners_are_told_are_apart():
    """The hidden run is for instructors; the feedback comes from the public inputs."""
    told = Feedback(Outcome.CRASHED, "public", "m", "printed", ("hint",), kept=True)
    (submission,) = read(
        Row("jane", verdict("jane", (ExerciseVerdict("01_f", (replace(FAILED, feedback=told),)),)))
    )["submissions"]
    (spec,) = submission["exercises"][0]["specs"]
    assert (spec["outcome"], spec["message"]) == ("FAILED", FAILED.message)
    assert spec["feedback"] == {
        "outcome": "CRASHED",
        "kept": True,
        "message": "public",
        "mistake": "m",
        "hints": ["hint"],
        "output": "printed",
    }


def test_steps_of_help_are_told_in_their_order():
    """An empty list if there are none."""
    exercise = ExerciseVerdict("01_f", (PASSED, *HELPED))
    (submission,) = read(Row("jane", verdict("jane", (exercise,))))["submissions"]
    hints = [spec["hints"] for spec in submission["exercises"][0]["specs"]]
    assert hints == [[], ["Which axis?", "summed over all axes, in f"]]


# The published schema

VALIDATOR = Draft202012Validator(json.loads(schema()))


def test_the_document_keeps_to_the_schema_that_is_published():
    """For every outcome, and for an empty class."""
    Draft202012Validator.check_schema(VALIDATOR.schema)
    every = tuple(SpecVerdict("t", "p", Tier.CORE, outcome, 1) for outcome in Outcome)
    told = tuple(replace(one, feedback=Feedback(one.outcome)) for one in every if not one.passed)
    rows = [ROW, Row("bob", verdict("bob", (ExerciseVerdict("01_f", every + told),)))]
    VALIDATOR.validate(read(*rows))
    VALIDATOR.validate(read())


FIRST = Part(1, {"en": "nodes"}, ("01_f",))
SECOND = Part(2, {"en": "layers"}, ("02_g", "03_h"))


def test_a_course_with_parts_has_its_points_by_part_too():
    """Issue 19: CSV, HTML and terminal group by part, and a reader of the JSON had to know how."""
    second = ExerciseVerdict("02_g", (PASSED,))
    both = replace(ROW, verdict=verdict(exercises=(*EXERCISES, second)))
    document = json.loads(render([both, ROW], (FIRST, SECOND)))
    VALIDATOR.validate(document)
    one, other = document["submissions"]
    nodes = {"number": 1, "title": "nodes", "points": 2, "max_points": 5}
    layers = {"number": 2, "title": "layers", "points": 2, "max_points": 2}
    assert one["parts"] == [nodes, layers]
    assert [exercise["part"] for exercise in one["exercises"]] == [1, 2]
    assert other["parts"] == [nodes]


def test_a_part_has_what_was_set_by_hand_and_no_maximum_of_what_is_excused():
    """As the total has."""
    found = marked(marked(row("jane", BAD, GOOD), 2.5), excused=True, exercise="02_ex")
    part = Part(1, {"en": "all"}, ("01_ex", "02_ex"))
    (submission,) = json.loads(render([found], (part,)))["submissions"]
    total = {key: submission[key] for key in ("points", "max_points")}
    assert submission["parts"] == [{"number": 1, "title": "all", **total}]
    assert submission["points"] == 2.5


def test_a_course_without_parts_has_none():
    """Every exercise says so."""
    (submission,) = read(ROW)["submissions"]
    assert submission["parts"] == []
    assert [exercise["part"] for exercise in submission["exercises"]] == [None]


def removals(value, path=()):
    """Yield the path of each key in the document."""
    if isinstance(value, dict):
        for key in value:
            if path[-1:] != ("limits",):
                yield (*path, key)
            yield from removals(value[key], (*path, key))
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from removals(one, (*path, number))


WITH_PARTS = json.loads(render([ROW], (FIRST,)))


@pytest.mark.parametrize("path", list(removals(WITH_PARTS)), ids=str)
def test_the_schema_misses_every_key_and_knows_no_other(path):
    """A document with a missing or renamed key is invalid."""
    document = deepcopy(WITH_PARTS)
    *way, key = path
    place = document
    for step in way:
        place = place[step]
    place[f"{key}_"] = place.pop(key)
    assert not VALIDATOR.is_valid(document)
    del place[f"{key}_"]
    assert not VALIDATOR.is_valid(document)


def test_what_was_set_by_hand_is_beside_what_was_found():
    """The document is valid; a mark on a changed submission is to be reviewed."""
    found = marked(row("jane", BAD), 3, comment="c", reason="r")
    document = json.loads(render([found]))
    VALIDATOR.validate(document)
    (submission,) = document["submissions"]
    (exercise,) = submission["exercises"]
    assert (submission["points"], exercise["points"], exercise["found_points"]) == (3, 3, 2)
    assert submission["marks"] == [
        {
            "exercise": "01_ex",
            "points": 3,
            "excused": False,
            "comment": "c",
            "reason": "r",
            "by": "eve",
            "at": "t0",
            "to_review": True,
        }
    ]


def test_what_is_late_and_what_it_scores_on_top_of_the_reference_are_told():
    """Each is null if it does not apply; the document is valid."""
    late = Lateness("alice", "h0", "01_f", 50, "3 h late", "t1")
    through = replace(EXERCISES[0], through=(Outcome.PASSED,) * 3, through_counts=True)
    adjusted = replace(ROW, verdict=verdict(exercises=(through,)), late=(late,))
    plain, other = read(ROW, adjusted)["submissions"]
    told = [
        {key: one["exercises"][0][key] for key in ("points", "through_points", "late")}
        for one in (plain, other)
    ]
    assert told == [
        {"points": 2, "through_points": None, "late": None},
        {"points": 3, "through_points": 5, "late": {"percent": 50, "reason": "3 h late"}},
    ]
    Draft202012Validator(json.loads(schema())).validate(read(ROW, adjusted))


def test_half_points_and_an_excuse_are_in_the_document_and_no_maximum_is_of_what_is_excused():
    """The document is valid: half points were refused before (devilry/devilry-django issue 378)."""
    half = marked(marked(row("jane", BAD, GOOD), 2.5), excused=True, exercise="02_ex")
    document = json.loads(render([half]))
    VALIDATOR.validate(document)
    (submission,) = document["submissions"]
    assert (submission["points"], submission["max_points"]) == (2.5, 4)
    found = [(one["points"], one["excused"]) for one in submission["exercises"]]
    assert found == [(2.5, False), (0, True)]
    assert [(one["points"], one["excused"]) for one in submission["marks"]] == [
        (2.5, False), (None, True)
    ]  # fmt: skip


def test_what_did_not_pass_is_grouped_by_cause():
    """By the names of the specs, the likeliest cause first."""
    (submission,) = read(ROW)["submissions"]
    (exercise,) = submission["exercises"]
    assert exercise["causes"] == [
        {"mistake": "forgets", "same_reason": True, "specs": ["test_g"]},
        {"mistake": None, "same_reason": False, "specs": ["test_h"]},
    ]
