"""Verdicts as JSON: what the document holds, and that nothing is lost in it."""

import json

from grader.reports.json import render
from grader.verdict import Conditions, ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict

PASSED = SpecVerdict("test_f", "f doubles.", Tier.CORE, Outcome.PASSED, 2)
FAILED = SpecVerdict(
    "test_g", "g halves — ½.", Tier.CORE, Outcome.FAILED, 3, "returned 1", "forgets", "printed\n"
)
STAR = SpecVerdict("test_h", "h waits.", Tier.STRETCH, Outcome.NOT_STARTED, 0, "write h")
EXERCISES = (ExerciseVerdict("01_f", (PASSED, FAILED, STAR)),)
CONDITIONS = Conditions(
    "v1", "s1", "3.11.4", "2.0.0", {"call_seconds": 2.0, "files": 1000}, ("landlock", "seccomp")
)


def verdict(name, *exercises, notes=()):
    return Verdict(name, exercises, f"hash of {name}", CONDITIONS, notes)


VERDICT = verdict("alice", *EXERCISES, notes=("layers.py was taken for f.py",))


def read(*verdicts):
    return json.loads(render(verdicts))


def test_the_document_has_the_keys_that_were_promised():
    """Schema 1: those who read it rely on these names."""
    document = read(VERDICT)
    assert document["schema"] == 1
    (submission,) = document["submissions"]
    assert submission["name"] == "alice"
    assert {"points", "max_points", "submission", "conditions", "notes"} <= submission.keys()
    assert set(submission["conditions"]) == {
        *("course", "seed", "python", "numpy", "limits", "sandbox"),
    }
    (exercise,) = submission["exercises"]
    assert {key: exercise[key] for key in ("name", "points", "max_points")} == {
        "name": "01_f",
        "points": 2,
        "max_points": 5,
    }
    keys = {"name", "promise", "tier", "outcome", "points", "max_points", "message", "mistake"}
    for spec in exercise["specs"]:
        assert keys <= spec.keys()


def test_every_verdict_can_be_read_back():
    """A round trip gives equal verdicts: nothing that was found is left out."""
    for submission in read(VERDICT, verdict("bob"))["submissions"]:
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
                    )
                    for spec in exercise["specs"]
                ),
            )
            for exercise in submission["exercises"]
        )
        conditions = submission["conditions"]
        conditions["sandbox"] = tuple(conditions["sandbox"])
        read_back = Verdict(
            submission["name"],
            exercises,
            submission["submission"],
            Conditions(**conditions),
            tuple(submission["notes"]),
        )
        assert read_back == {"alice": VERDICT, "bob": verdict("bob")}[submission["name"]]


def test_only_what_passed_has_points():
    """A failed spec has 0 of its points, and a star is worth none."""
    specs = read(VERDICT)["submissions"][0]["exercises"][0]["specs"]
    assert [(spec["points"], spec["max_points"]) for spec in specs] == [(2, 2), (0, 3), (0, 0)]


def test_submissions_stay_in_their_order():
    """One for each verdict."""
    names = ["carol", "alice", "bob"]
    document = read(*(verdict(name) for name in names))
    assert [submission["name"] for submission in document["submissions"]] == names


def test_text_that_utf_8_cannot_encode_can_be_written_and_read():
    """A submission may print halves of characters, control codes, and quotation marks."""
    hostile = 'half \udc80, \x1b[31m, \0, "quoted", </script>'
    spec = SpecVerdict("t", "p", Tier.CORE, Outcome.FAILED, 1, hostile, None, hostile)
    text = render([verdict(hostile, ExerciseVerdict("e", (spec,)), notes=(hostile,))])
    (submission,) = json.loads(text.encode("utf-8"))["submissions"]
    assert submission["name"] == hostile
    assert submission["notes"] == [hostile]
    assert submission["exercises"][0]["specs"][0]["message"] == hostile
    assert submission["exercises"][0]["specs"][0]["output"] == hostile
