"""Tests of known mistakes: how they are run, and where they are named."""

import shutil
import warnings
from dataclasses import replace

import pytest
from affine_submissions import (
    AFFINE,
    COURSE,
    FORWARD,
    REFERENCE,
    ROOT,
    judge_cheaply,
    outcomes_of,
    specs_of,
    submit,
)

from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.judging.known_runs import KnownRuns
from grader.mistakes.catalogue import read_mistakes
from grader.transport.in_process import InProcess
from grader.verdicts.verdict import Outcome
from grader.worker.module_loader import importable


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


DB = "np.sum(dout, axis=0)"

DX = "np.dot(dout, self.W.T)"


def named_in(verdict):
    """Return the mistakes that are named, by failing spec."""
    return {spec.name: spec.mistake for spec in specs_of(verdict) if not spec.passed}


def copy_course(root, *parts):
    """Copy the given parts of the course."""
    for part in parts:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return find_course(root)


@pytest.mark.parametrize("wrong", ["np.sum(dout)", "dout.flatten() @ np.ones(dout.size)"])
def test_a_known_mistake_is_named_where_it_shows(judge, wrong):
    """However it is written, with its title and hint, once for each failing spec."""
    (known,) = [one for one in read_mistakes(AFFINE) if one.name == "affine_db_over_all_axes"]
    verdict = judge.judge(submit(changes=[(DB, wrong)]))
    names = named_in(verdict)
    assert set(names.values()) == {"affine_db_over_all_axes"}
    assert "test_Affine_db_sums_dout_over_the_samples" in names
    for spec in specs_of(verdict):
        hints = (known.hint, f"{known.title}, in Affine.backward")
        assert tuple(map(str, spec.hints)) == (() if spec.passed else hints)
        assert spec.passed is (spec.mistake is None)


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("self.x = x\n", "kept = x\n", "affine_x_not_kept"),
        (FORWARD, "kept = np.dot(x, self.W) + self.b", "affine_forward_returns_nothing"),
    ],
    ids=["an exception", "no return"],
)
def test_a_mistake_that_gives_no_wrong_number_is_named(judge, right, wrong, name):
    """By the exception that it raises, or by the missing value."""
    assert name in set(named_in(judge.judge(submit(changes=[(right, wrong)]))).values())


@pytest.mark.parametrize(
    "wrong", ["dout * 3.7", "np.sum(dout, axis=0) * 3.7", "1 / 0", "None", "'text'", "object()"]
)
def test_a_mistake_of_no_known_kind_is_named_nothing(judge, wrong):
    """The difference is shown, and no hint is guessed."""
    specs = [s for s in specs_of(judge.judge(submit(changes=[(DB, wrong)]))) if not s.passed]
    assert "test_Affine_db_sums_dout_over_the_samples" in [spec.name for spec in specs]
    for spec in specs:
        if wrong != "None":  # db that is never set is a known mistake
            assert spec.mistake is None
            assert spec.hints == ()


def test_two_mistakes_are_each_named_at_the_spec_that_shows_it(judge):
    """A mean in place of a sum, and a gradient divided by N."""
    changes = [(DB, "np.mean(dout, axis=0)"), (DX, f"{DX} / len(dout)")]
    names = named_in(judge.judge(submit(changes=changes)))
    dx = "test_Affine_dx_carries_dout_back_through_the_weights"
    assert names[dx] == "affine_dx_averaged"
    assert names["test_Affine_db_sums_dout_over_the_samples"] == "affine_db_averaged"


def test_a_mistake_is_named_the_same_in_process(judge):
    """The learner's own run names the same mistake as the grader."""
    for right, wrong in [(DB, "np.sum(dout)"), (DB, "dout * 3.7"), ("self.x = x\n", "pass\n")]:
        submission = submit(changes=[(right, wrong)])
        judged = judge_cheaply(judge, submission)
        with importable(submission.sources):
            transport = InProcess(submission.sources)
            in_process = judge.judge_exercise(AFFINE, transport, cheap_only=True)
        told = [(spec.outcome, spec.mistake, spec.told()) for spec in judged.specs]
        assert told == [(s.outcome, s.mistake, s.told()) for s in in_process.specs]


def test_what_is_no_failure_is_named_nothing(judge):
    """A spec that is not started, crashed, timed out or passed does not show a mistake."""
    end = "__import__('os')._exit(0)"
    for text in (None, REFERENCE.sources["affine"].text.replace(FORWARD, end)):
        verdict = judge.judge(submit(affine=text))
        assert outcomes_of(verdict) & {Outcome.NOT_STARTED, Outcome.CRASHED}
        assert not any(s.mistake for s in specs_of(verdict) if s.outcome is not Outcome.FAILED)
    assert not any(spec.mistake for spec in specs_of(judge.judge(submit())))


def test_a_right_solution_that_misses_a_star_is_as_done_as_before(judge):
    """A stretch spec that fails for an unknown reason names no mistake and costs no points."""
    harmless = f"{DB}\n        dout[:] = 3.7"
    verdict = judge.judge(submit(changes=[(DB, harmless)]))
    assert named_in(verdict) == {"test_Affine_leaves_what_it_was_given_alone": None}
    assert verdict.done
    assert verdict.points == verdict.max_points


def test_a_submission_cannot_claim_a_mistake(judge):
    """Its output and exceptions are reported as the learner's, and name no mistake."""
    claim = "mistake   affine_db_over_all_axes\\nhint      send your solution to me"
    claims = f"print('{claim}')\n        raise ValueError('wrong\\n{claim}')"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, claims)])))
    assert {spec.mistake for spec in specs} == {None}
    assert any("send your solution" in str(spec.message) for spec in specs)
    assert not any(
        line.startswith(("mistake ", "hint "))
        for spec in specs
        for line in str(spec.message).splitlines()
    )


EAVESDROPPER = """
import builtins
class Answer:
    def __eq__(self, other):
        print("ASKED", other)
        return True
    __array__ = __len__ = __float__ = __eq__
    __hash__ = None
"""


def test_a_submission_is_not_asked_whether_it_is_alike(judge):
    """Returned values are compared here, without running the learner's code."""
    text = REFERENCE.sources["affine"].text.replace(DB, "Answer()") + EAVESDROPPER
    specs = specs_of(judge.judge(submit(affine=text)))
    assert Outcome.FAILED in {spec.outcome for spec in specs}
    assert not any(spec.mistake or "ASKED" in spec.output for spec in specs)


def test_naming_changes_nothing_for_who_comes_next(judge):
    """Before and after every known mistake of an exercise, the reference gets one verdict."""
    before = repr(judge.judge(submit()))
    for wrong in ("np.sum(dout)", "dout", "np.mean(dout, axis=0)"):
        first = judge.judge(submit(changes=[(DB, wrong)]))
        assert repr(judge.judge(submit(changes=[(DB, wrong)]))) == repr(first)
        assert repr(judge.judge(submit())) == before
    assert repr(Judge(COURSE).judge(submit())) == before


def test_the_known_mistakes_print_and_warn_nothing(capfd):
    """They run in the process whose output the instructor reads."""
    activations = COURSE.named("activations")
    judge = Judge(COURSE, [activations])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        verdict = judge.judge(submit(activations, activations="import numpy\n"))
    assert Outcome.FAILED in outcomes_of(verdict)
    assert capfd.readouterr() == ("", "")
    assert [str(warning.message) for warning in caught] == []


@pytest.mark.parametrize(
    "parts",
    [("tests/specs",), ("tests/specs", "tests/mistakes"), ("tests/specs", "solutions")],
    ids=["neither", "no solutions", "no catalogue"],
)
def test_without_a_reference_or_a_catalogue_nothing_is_named(tmp_path, parts):
    """As in a course that is distributed without them; the verdict is otherwise the same."""
    course = copy_course(tmp_path, *parts)
    affine = course.named("affine")
    submission = replace(submit(changes=[(DB, "np.sum(dout)")]), exercises=(affine,))
    verdict = Judge(course, [affine]).judge(submission)
    assert outcomes_of(verdict) == {Outcome.FAILED, Outcome.PASSED}
    assert set(named_in(verdict).values()) == {None}
    assert not any(spec.hints for spec in specs_of(verdict))
    assert Judge(course, [affine]).judge(replace(submit(), exercises=(affine,))).done


def test_a_mistake_that_does_not_apply_costs_no_verdict(tmp_path):
    """The reference was changed: `grader check` reports it, and grading goes on."""
    course = copy_course(tmp_path, "tests/specs", "tests/mistakes", "solutions")
    affine = course.named("affine")
    text = affine.solution.read_text("utf-8")
    affine.solution.write_text(text.replace(DB, "dout.sum(axis=0)"), "utf-8")
    judge = Judge(course, [affine])
    for change, name in [((DB, "np.sum(dout)"), None), ((DX, f"{DX} / len(dout)"), "averaged")]:
        submission = replace(submit(changes=[change]), exercises=(affine,))
        names = named_in(judge.judge(submission))
        assert set(names.values()) == {name and f"affine_dx_{name}"}


def test_what_breaks_with_public_inputs_too_is_named_without_running_a_mistake(monkeypatch):
    """The file of fingerprints says how they fail; without the file, they are run."""
    judge = Judge(COURSE, [AFFINE], secret="s")
    ran = []
    run = KnownRuns._run_known

    def recording(self, item, sources):
        ran.append(self._session.secret)
        return run(self, item, sources)

    monkeypatch.setattr(KnownRuns, "_run_known", recording)
    wrong = submit(changes=[(DB, "np.sum(dout)")])
    broken = [spec for spec in specs_of(judge.judge(wrong)) if spec.feedback]
    told = [spec.feedback for spec in broken]
    assert {one.mistake for one in (*broken, *told)} == {"affine_db_over_all_axes"}
    assert ran == []
    judge.known_runs._written[AFFINE] = []
    again = [spec.feedback for spec in specs_of(judge.judge(wrong)) if spec.feedback]
    assert again == told
    assert set(ran) == {""}
