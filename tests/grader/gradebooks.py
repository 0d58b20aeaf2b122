"""Made-up gradebooks for the tests of reports."""

from dataclasses import replace

from grader.course.course import Part
from grader.gradebook.marks import ManualMark
from grader.gradebook.rows import Row
from grader.messages.explanation import explain
from grader.roster.roster import Learner
from grader.verdicts.verdict import (
    Basis,
    Conditions,
    ExerciseVerdict,
    Outcome,
    SpecVerdict,
    Tier,
    Verdict,
    hash_of,
)

CONDITIONS = Conditions("c0", hash_of(""), "3.11", "2.0", {"call_seconds": 2}, ("landlock",))

PARTS = (
    Part(1, {"en": "nodes", "zh-CN": "节点"}, ("01_ex", "02_ex")),
    Part(2, {"en": "nets"}, ("03_ex",)),
)
"""The parts of a course with three exercises."""

HOSTILE = (
    "</script><script>document.title='forged'</script>",
    "<!--<script>",
    "<img src=x onerror=\"document.title='forged'\">",
    "\"><svg onload=document.title='forged'>",
    "{{ 7 * 7 }}{% raw %}",
    "${document.title='forged'}`",
    "javascript:document.title='forged'",
    '=HYPERLINK("http://x.invalid")',
    "[link](http://x.invalid) ![](http://x.invalid)",
    "a | b | c ``` d",
    "new\nline\r\n# heading",
    "\u202egnorw \x1b[2J \0 \u2028 \udc80",
    "../../etc/passwd",
    "CON",
    "",
)


def spec(outcome=Outcome.PASSED, message="", *, name="test_f", promise="", **more):
    tier = more.pop("tier", Tier.CORE)
    worth = 2 if tier is Tier.CORE else 0
    return SpecVerdict(name, promise or f"{name} holds.", tier, outcome, worth, message, **more)


def verdict(name, *exercises, notes=()):
    numbered = enumerate(exercises, 1)
    found = tuple(ExerciseVerdict(f"{i:02}_ex", tuple(specs)) for i, specs in numbered)
    return Verdict(name, found, "h0", CONDITIONS, notes)


def row(name, *exercises, section="", email="", notes=(), learner=None, handed_in=None):
    found = verdict(name, *exercises)
    return Row(
        name, found, section, email, notes, name if handed_in is None else handed_in, learner
    )


def on_roster(learner, *exercises, handed_in=True):
    submission = f"{learner.name}_{learner.identifiers[0]}"
    return Row(
        learner.name,
        verdict(submission, *exercises),
        learner.section,
        learner.email,
        (),
        submission if handed_in else "",
        learner,
    )


def learner(name, identifier, section=""):
    return Learner(name, section, "", (identifier,))


GOOD = (spec(), spec(name="test_g"), spec(name="test_h", tier=Tier.STRETCH))
BAD = (
    spec(),
    spec(Outcome.FAILED, "returned  1\nexpected  2", name="test_g", mistake="halves_twice"),
    spec(
        Outcome.FAILED,
        explain(("raised", "E"), ("at", "ex.py:2    x = y")),
        name="test_h",
        tier=Tier.STRETCH,
    ),
)
EMPTY = tuple(
    spec(Outcome.NOT_STARTED, "ex.py was not handed in", name=one.name, tier=one.tier)
    for one in GOOD
)
OURS = (spec(), spec(Outcome.GRADER_ERROR, "KeyError", name="test_g"), GOOD[2])
HELPED = (
    spec(
        Outcome.FAILED,
        "returned  1",
        mistake="a_b",
        hints=("Which axis?", "summed over all axes, in f"),
    ),
)


def marked(row, points=None, *, comment="", reason="", by="eve", exercise="01_ex", excused=False):
    """A row with a mark that was set by hand."""
    made = ManualMark(
        row.verdict.name, exercise, points, comment, reason, by, "b0", False, "t0", excused
    )
    return replace(row, marks=(*row.marks, made))


def unloaded(row):
    """The same row, of code that did not load."""
    exercises = tuple(replace(one, basis=Basis.NOT_LOADED) for one in row.verdict.exercises)
    return replace(row, verdict=replace(row.verdict, exercises=exercises))
