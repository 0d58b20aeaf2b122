"""What a learner may read of a verdict."""

from dataclasses import replace

import pytest
from gradebooks import BAD, CONDITIONS, GOOD, spec, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.rows import Row
from grader.reports.common.learner_markdown import render_markdown
from grader.reports.formats import feedback, gradescope, html_page
from grader.verdicts.learner_view import command_for, differs_for_learner, for_learner
from grader.verdicts.verdict import Feedback, Outcome, hash_of

HIDDEN = replace(CONDITIONS, seed=hash_of("secret"))
TOLD = Feedback(Outcome.CRASHED, "public message", "m", "public output", ("public hint",))


def hidden(*specs):
    return replace(verdict("bob", specs), conditions=HIDDEN)


def seen(one):
    return for_learner(hidden(one)).exercises[0].specs[0]


def test_with_public_inputs_everything_may_be_read():
    """Without a secret, the learner has the same inputs."""
    found = verdict("bob", BAD, GOOD)
    assert for_learner(found) == found


def test_what_was_found_gives_way_to_the_feedback():
    """Outcome, message, mistake, output and hints; promise and points stay."""
    one = spec(Outcome.FAILED, "HIDDEN", mistake="HIDDEN", output="HIDDEN", hints=("HIDDEN",))
    view = seen(replace(one, feedback=TOLD))
    assert (view.outcome, view.message, view.mistake) == (Outcome.CRASHED, "public message", "m")
    assert (view.output, view.hints) == ("public output", ("public hint",))
    assert (view.promise, view.points, view.max_points) == (one.promise, 0, one.max_points)


def test_what_a_kept_promise_printed_is_not_there():
    """It may be a hidden input."""
    assert seen(spec(output="HIDDEN")) == spec()


def test_without_feedback_there_is_no_message_but_why():
    """So it is in journals of earlier versions."""
    view = seen(spec(Outcome.FAILED, "HIDDEN", output="HIDDEN", mistake="m", hints=("HIDDEN",)))
    assert view.outcome is Outcome.FAILED
    assert "judged again" in str(view.message)
    assert (view.output, view.mistake, view.hints) == ("", None, ())


def test_an_error_of_the_grader_has_no_details():
    """Its message may quote a value, and in the public run it leaves the outcome that counts."""
    ours = seen(spec(Outcome.GRADER_ERROR, "KeyError: HIDDEN"))
    assert ours.outcome is Outcome.GRADER_ERROR
    assert "HIDDEN" not in str(ours.message)
    told = spec(Outcome.FAILED, "HIDDEN", feedback=Feedback(Outcome.GRADER_ERROR))
    assert (seen(told).outcome, seen(told).message) == (Outcome.FAILED, "")


NOT_PASSED = st.sampled_from([one for one in Outcome if one is not Outcome.PASSED])
FEEDBACK = st.none() | st.builds(
    Feedback,
    NOT_PASSED,
    st.text("ab \n"),
    st.none() | st.just("m"),
    st.text("ab \n"),
    st.just(()) | st.just(("hint",)),
    st.booleans(),
)


@given(outcome=st.sampled_from(Outcome), told=FEEDBACK)
def test_no_report_for_learners_has_what_was_found(outcome, told):
    """Whatever the outcome and the feedback, and the same when the view is taken twice."""
    passed = outcome is Outcome.PASSED
    one = spec(
        outcome,
        "" if passed else "HIDDEN",
        output="HIDDEN",
        mistake=None if passed else "HIDDEN",
        hints=() if passed else ("HIDDEN",),
        feedback=None if passed else told,
    )
    found = hidden(one)
    assert for_learner(for_learner(found)) == for_learner(found)
    assert for_learner(found).points == found.points
    row = Row("bob", found, handed_in="bob")
    made = [html_page.render([row]), render_markdown(row, 2), feedback.render_page(row, 2)]
    if outcome is not Outcome.GRADER_ERROR:
        made.append(gradescope.render(row, steps=2))
    assert not any("HIDDEN" in text for text in made)


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (spec(), False),
        (spec(Outcome.FAILED, "x", feedback=TOLD), True),
        (spec(Outcome.FAILED, "x", feedback=replace(TOLD, kept=True)), False),
        (spec(Outcome.FAILED, "x", feedback=Feedback(Outcome.NOT_STARTED, "y")), False),
        (spec(Outcome.FAILED, "x", feedback=Feedback(Outcome.GRADER_ERROR)), False),
        (spec(Outcome.GRADER_ERROR, "x", feedback=Feedback(Outcome.GRADER_ERROR)), False),
        (spec(Outcome.FAILED, "x"), False),
    ],
)
def test_a_command_is_named_where_it_shows_the_same(one, shown):
    """Not for what the learner's own pytest keeps, and not where there is no message."""
    view = for_learner(hidden(one))
    assert command_for(view.exercises[0], view) == ("pytest exercises/01_ex" if shown else "")


def test_without_a_secret_the_command_shows_the_same():
    """The inputs are those of the learner."""
    assert command_for(verdict("bob", BAD).exercises[0], verdict("bob", BAD)) != ""


def test_it_is_known_where_the_learner_reads_something_else():
    """An instructor is told so."""
    same = Feedback(Outcome.FAILED, "why")
    assert not differs_for_learner(spec(Outcome.FAILED, "why", feedback=same))
    assert not differs_for_learner(spec(Outcome.FAILED, "why"))
    assert differs_for_learner(spec(Outcome.FAILED, "other", feedback=same))
    assert differs_for_learner(spec(Outcome.CRASHED, "why", feedback=same))
