"""What a learner is told comes from public inputs, whatever a submission tries to carry out."""

import ast
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from affine_submissions import AFFINE, COURSE, FORWARD, submit
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from pytest_learner import DB_OVER_ALL_AXES, PytestLearner

from grader.course.limits import Limits
from grader.gradebook.rows import Row
from grader.judging.judge import Judge
from grader.messages.explanation import Explanation
from grader.messages.language import ENGLISH
from grader.mistakes.diagnosis import diagnose
from grader.reports.common.learner_markdown import render_markdown
from grader.reports.formats import feedback, github, gradescope, html_page
from grader.specs.assertions import Mismatch, assert_matches
from grader.transport.worker_process import can_confine
from grader.verdicts.feedback import KEPT, PROPERTIES, with_feedback
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier

LIMITS = Limits(call_seconds=0.5, total_seconds=3)
SHORT = Limits(call_seconds=0.5, total_seconds=0.5)
SECRETS = ("of this year", "of the next")


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [AFFINE], confined=can_confine(), limits=LIMITS)


def judged(judge, submission, secret, limits=LIMITS):
    judge.secret, judge.limits = secret, limits
    return judge.judge(submission)


def reports(verdict):
    """All that a learner may get to read, in one text."""
    row = Row("eve", verdict, handed_in="eve")
    return "\n".join(
        [
            html_page.render([row]),
            gradescope.render(row, steps=2),
            github.render([row], is_class=False, steps=2),
            *feedback.render([row], 2, COURSE, ENGLISH).values(),
        ]
    )


# What the submission carries out of a run: `digits` are those of an input.
CHANNELS = {
    "prints": "print(digits)",
    "prints to stderr": "import sys; print(digits, file=sys.stderr)",
    "returns": "return x * np.pi",
    "returns text": "return digits",
    "returns a shape": "return np.zeros(int(digits[-4:]))",
    "returns a kind": "return [x, x.astype(int), x > 0, None, {digits: 1}][int(digits[-1]) % 5]",
    "returns an object": "return type('T' + digits, (), {})()",
    "makes a mistake": "return [x @ self.W, x @ self.W.T, x][int(digits[-1]) % 3]",
    "raises a text": "raise ValueError(digits)",
    "raises a type": "raise type('E' + digits, (Exception,), {})()",
    "raises from a line": "exec(compile('\\n' * int(digits[-3:]) + 'raise E', digits, 'exec'))",
    "raises a stub's text": "raise NotImplementedError(digits)",
    "misses an import": "import importlib; importlib.import_module('m' + digits)",
    "uses a missing import": "__import__('m' + digits).f()",
    "misses an attribute": "setattr(self, 'a' + digits, 0); return getattr(self, 'b' + digits)",
    "exits": "raise SystemExit(digits)",
    "ends by a code": "import os; os._exit(int(digits[-2:]))",
    "ends by a signal": "import os, signal; os.kill(os.getpid(), 9 if int(digits[-1]) % 2 else 6)",
    "does not return": "\n        while True: pass",
}


def leaky(channel, *, only_hidden):
    """A submission whose forward pass carries its input out, maybe of hidden inputs only."""
    known = (
        f"hashlib.sha256(x.tobytes()).hexdigest() in {public_inputs()}" if only_hidden else "False"
    )
    return submit(
        changes=[
            ("import numpy as np\n", "import hashlib\n\nimport numpy as np\n"),
            (
                FORWARD,
                f"digits = str(abs(int(float(x.flat[0]) * 10**15)))\n"
                f"        if not {known}:\n"
                f"            {CHANNELS[channel].lstrip()}\n"
                f"        {FORWARD}",
            ),
        ]
    )


def limits_of(channel):
    return SHORT if channel == "does not return" else LIMITS


@cache
def public_inputs(first=None):
    """The hashes of all that forward is given with the public inputs, by all specs or the first."""
    seen = f"print('<' + hashlib.sha256(x.tobytes()).hexdigest() + '>')\n        {FORWARD}"
    changes = [("import numpy as np\n", "import hashlib\n\nimport numpy as np\n"), (FORWARD, seen)]
    judge = Judge(COURSE, [AFFINE], confined=can_confine(), limits=LIMITS)
    ran = judge.judge(submit(changes=changes)).exercises[0].specs[:first]
    printed = "".join(one.output for one in ran)
    return set(re.findall("<(.*?)>", printed))


@pytest.mark.thorough
@pytest.mark.parametrize("channel", CHANNELS)
def test_no_report_for_learners_depends_on_the_secret(judge, channel):
    """For a submission that fails with the public inputs as well, they are the same to the byte."""
    submission, limits = leaky(channel, only_hidden=False), limits_of(channel)
    one, other = (judged(judge, submission, secret, limits) for secret in SECRETS)
    assert reports(one) == reports(other)
    if channel not in ("prints", "prints to stderr"):
        assert not any(spec.passed for spec in for_learner(one).exercises[0].specs[:1])


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_breaks_with_hidden_inputs_only_has_a_word_for_it(judge, channel):
    """No value, no index, no exception and no text of the submission is in a report."""
    submission = leaky(channel, only_hidden=True)
    verdict = judged(judge, submission, SECRETS[0], limits_of(channel))
    specs = for_learner(verdict).exercises[0].specs
    for spec in specs:
        assert spec.output == ""
        assert spec.mistake is None
        assert spec.hints == ()
        if not spec.passed:
            assert spec.feedback.kept
            assert str(spec.message).splitlines()[0] == str(KEPT)
            assert str(spec.message) in WORDS
    if "prints" not in channel:
        assert any(not spec.passed for spec in specs)


def test_time_that_runs_out_with_public_inputs_only_leaves_the_mistake_its_name(judge):
    """A machine that is busy for a moment must not decide what a learner reads."""
    loop = f"while hashlib.sha256(x.tobytes()).hexdigest() in {public_inputs(1)}: pass"
    changes = [
        ("import numpy as np\n", "import hashlib\n\nimport numpy as np\n"),
        (FORWARD, f"{loop}\n        {FORWARD}"),
        DB_OVER_ALL_AXES,
    ]
    first, *others = judged(judge, submit(changes=changes), SECRETS[0]).exercises[0].specs
    assert first.passed
    told = [spec.feedback for spec in others if not spec.passed]
    assert {one.outcome for one in told} == {Outcome.FAILED}
    assert {one.mistake for one in told} == {"affine_db_over_all_axes"}


def test_a_mistake_with_hidden_inputs_only_has_its_name_for_instructors(judge):
    """It is found by running known mistakes with these inputs."""
    known = f"hashlib.sha256(self.x.tobytes()).hexdigest() in {public_inputs()}"
    changes = [
        ("import numpy as np\n", "import hashlib\n\nimport numpy as np\n"),
        ("self.W.T", f"self.W.T / (1 if {known} else len(dout))"),
    ]
    specs = judged(judge, submit(changes=changes), SECRETS[0]).exercises[0].specs
    broken = [spec for spec in specs if not spec.passed]
    assert all(spec.feedback.kept and spec.feedback.mistake is None for spec in broken)
    assert {spec.mistake for spec in broken} == {"affine_dx_averaged"}


WORDS = {
    f"{KEPT}{more}"
    for more in (
        "",
        "\nit takes too long",
        "\nit ends its own process",
        "\nit raises an exception",
        *(f"\ndiffers   {word}" for word in ("the values", *map(str, PROPERTIES.values()))),
    )
}
"""All that may be said about a promise that only hidden inputs break."""


ARRAYS = st.builds(
    np.ndarray.astype,
    npst.arrays(np.int64, npst.array_shapes(max_dims=3, max_side=3), elements=st.integers(0, 2)),
    st.sampled_from(["f8", "i8", "?"]),
)
VALUES = ARRAYS | st.floats() | st.text(max_size=3) | st.none() | st.lists(ARRAYS, max_size=3)


@given(returned=VALUES, expected=ARRAYS | st.floats(-9, 9) | st.tuples(ARRAYS, ARRAYS))
def test_every_difference_has_a_word_from_the_list(returned, expected):
    """Whatever was returned, and whatever was expected."""
    try:
        assert_matches(returned, expected, "dx")
    except Mismatch as error:
        found = diagnose(error, AFFINE, COURSE)
    else:
        return
    hidden = spec(found.outcome, found.message)
    told = with_feedback(hidden, spec()).feedback
    assert str(told.message) in WORDS
    assert told.kept


@pytest.mark.parametrize(
    ("returned", "expected", "word"),
    [
        (np.zeros(3), np.zeros((3, 1)), "the shape"),
        (np.zeros(3, int), np.zeros(3), "the kind of value"),
        ("text", np.zeros(3), "the kind of value"),
        (None, 1.0, "a value is missing"),
        (-np.arange(3.0), np.arange(3.0), "all values, by their sign"),
        (np.arange(3.0) / 4, np.arange(3.0), "all values, by a factor"),
        (np.arange(3.0) * 5, np.arange(3.0), "all values, by a factor"),
        (np.arange(3.0) + 5, np.arange(3.0), "all values, by the same amount"),
        (np.arange(4.0).reshape(2, 2).T, np.arange(4.0).reshape(2, 2), "the order of the axes"),
        (np.eye(3), np.eye(3)[[1, 2, 0]] * [1.0, 2, 3], "the values"),
        (np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 2], [5, 7]]), "only some values, in one"),
        ([1.0], (1.0, 2.0), "the number of values"),
        (1.0, 2.0, "the values"),
    ],
)
def test_the_word_is_the_property_that_differs(returned, expected, word):
    """Shape, kind, sign, factor, place, or just the values."""
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, expected, "dx")
    found = diagnose(caught.value, AFFINE, COURSE)
    told = with_feedback(spec(found.outcome, found.message), spec()).feedback
    assert f"differs   {word}" in str(told.message)


def spec(outcome=Outcome.PASSED, message=""):
    return SpecVerdict("test_f", "f holds.", Tier.CORE, outcome, 1, message)


def test_every_description_of_a_difference_is_known():
    """A new one in `grader.specs.differences` needs a word, or is one of the others below."""
    path = COURSE.root / "grader" / "specs" / "differences.py"
    texts = {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "english"
    }
    of_shape = {text for text in texts if text.startswith(("it is the", "the numbers are"))}
    of_values = {text for text in texts if text.startswith(("{number} of", "{found} instead"))}
    assert texts - of_shape - of_values - {"; "} <= PROPERTIES.keys()


# What is run, and when


def test_what_passes_is_not_run_again(judge, monkeypatch):
    """A second worker is started for exercises with a broken promise only, and with a secret."""
    started = []
    worker = Judge._worker
    monkeypatch.setattr(Judge, "_worker", lambda *args: started.append(1) or worker(*args))
    wrong = submit(changes=[DB_OVER_ALL_AXES])
    counts = []
    for secret, submission in [
        ("s", submit()),
        ("s", wrong),
        ("", wrong),
        ("s", submit(affine=None)),
    ]:
        started.clear()
        judged(judge, submission, secret)
        counts.append(len(started))
    assert counts == [1, 2, 1, 0]


def test_what_was_not_run_is_told_as_it_is(judge):
    """A submission that cannot be read, or lacks the exercise, has seen no input."""
    for submission in (
        submit(affine=None),
        replace(submit(), sources={}, problem="it cannot be read"),
    ):
        verdict = judged(judge, submission, "s")
        assert for_learner(verdict).exercises[0].specs[0].message == (
            verdict.exercises[0].specs[0].message
        )


def test_the_marks_come_from_the_hidden_inputs_alone(judge):
    """A table of the public inputs passes a learner's own pytest, and scores nothing for it."""
    verdict = judged(judge, leaky("returns", only_hidden=True), "s")
    open_book = judged(judge, leaky("returns", only_hidden=True), "")
    assert open_book.done
    assert verdict.points < open_book.points
    assert for_learner(verdict).points == verdict.points


def test_state_between_specs_is_as_in_the_learners_own_pytest(judge):
    """The whole exercise runs again, so that a failure that depends on earlier specs shows."""
    counting = [
        ("class Affine:", "CALLS = []\n\n\nclass Affine:"),
        (FORWARD, f"CALLS.append(0)\n        print(len(CALLS))\n        {FORWARD}"),
        DB_OVER_ALL_AXES,
    ]
    verdict = judged(judge, submit(changes=counting), "s")
    public = judged(judge, submit(changes=counting), "")
    found = {one.name: one.output for one in public.exercises[0].specs}
    told = [one for one in verdict.exercises[0].specs if one.feedback]
    assert len(told) > 3
    assert all(one.feedback.output == found[one.name] for one in told)


def test_an_error_of_the_grader_leaves_promise_and_outcome(judge, monkeypatch):
    """If the second run fails, the verdict counts, and the learner reads no message."""
    run = Judge._run

    def fails(self, *args, held=None, **options):
        if held is not None:
            raise OSError("no process left")
        return run(self, *args, **options)

    monkeypatch.setattr(Judge, "_run", fails)
    verdict = judged(judge, submit(changes=[DB_OVER_ALL_AXES]), "s")
    assert not verdict.has_grader_error
    broken = [one for one in for_learner(verdict).exercises[0].specs if not one.passed]
    assert {(one.outcome, one.message) for one in broken} == {(Outcome.FAILED, "")}


def test_a_promise_outside_the_handout_says_that_pytest_cannot_show_it():
    """Its values come from public inputs too, but the learner does not have the spec."""
    broken = spec(Outcome.FAILED, "returned  1")
    told = with_feedback(broken, broken, handed_out=False).feedback
    assert isinstance(told.message, Explanation)
    assert str(told.message).startswith("returned  1\n")
    assert "not in the handout" in str(told.message)
    assert with_feedback(broken, broken).feedback.message == "returned  1"


def test_every_digit_is_the_one_that_the_learners_own_pytest_prints(judge, course_copy, process):
    """Each message of the feedback is in the output of the command that it names."""
    verdict = judged(judge, submit(changes=[DB_OVER_ALL_AXES]), "s")
    told = render_markdown(Row("eve", verdict), steps=2)
    learner = PytestLearner(course_copy, process)
    learner.solves("03_affine", DB_OVER_ALL_AXES)
    (command,) = re.findall("`pytest (.*?)`", told)
    printed = learner.runs(command, "--hint", "--hint", code=1)
    blocks = re.findall("```text\n(.*?)\n *```", told, re.DOTALL)
    assert len(blocks) == 1  # one mistake
    for block in blocks:
        lines = [line.strip() for line in block.splitlines()]
        values = [line for line in lines if not line.startswith(("hint", "mistake"))]
        assert all(line in printed for line in values)
