"""Tests of follow-through marks: failing exercises judged again on top of the reference."""

import json as reader
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.course.limits import Limits
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.gradebook.journal import Journal
from grader.gradebook.rows import Row, _has_same_reference
from grader.judging.batch import _inconclusive
from grader.judging.follow_through import check_reference, may_be_due_to_another, on_top_of
from grader.judging.judge import Judge
from grader.judging.judgement import JudgeConfig, Judgement
from grader.reports.formats import feedback, github, gradescope, terminal
from grader.reports.formats import html_page as html
from grader.reports.formats import json_file as json
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Basis, ExerciseVerdict, Outcome, SpecVerdict, Tier
from grader.worker.source import Source

COURSE = find_course(Path(__file__))
AFFINE, NET = COURSE.named("affine"), COURSE.named("two_layer_net")
TRUSTED = () if can_confine() else ("--trusted",)
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)
WRONG_AFFINE = replace(
    REFERENCE["affine"],
    text=REFERENCE["affine"].text.replace("np.sum(dout, axis=0)", "np.sum(dout)"),
)
WRONG_NET = replace(
    REFERENCE["two_layer_net"],
    text=REFERENCE["two_layer_net"].text.replace(
        'Affine(self.params["W1"]', 'Affine(self.params["W1"] + 1'
    ),
)
LEAKING = """
import sys
import affine
told = affine.__loader__.sources["affine"].text
print(told)
print(told, file=sys.stderr)
class TwoLayerNet:
    def __init__(self, *sizes, **more):
        self.params = {told: told}
    def predict(self, x):
        raise ValueError(told)
    def loss(self, x, t):
        return told
    def gradient(self, x, t):
        return {told: told}
    def accuracy(self, x, t):
        raise type(told, (Exception,), {})(told)
    numerical_gradient = gradient
"""


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [NET], confined=can_confine(), follow_through="report")


def judged(judge, **changed):
    """Return the verdict on a submission that is correct except for the given modules."""
    sources = {**REFERENCE, **changed}
    present = {name: source for name, source in sources.items() if source is not None}
    return judge.judge(Submission("ada", present, (NET,)))


def network(verdict):
    (exercise,) = verdict.exercises
    return exercise


# Replacement of earlier exercises


def test_the_reference_takes_the_place_of_all_that_an_exercise_builds_on():
    """Including indirect imports; the exercise itself and later ones stay the learner's."""
    theirs = {name: Source(f"{name}.py", f"their {name}") for name in REFERENCE}
    found = on_top_of(NET, COURSE, theirs, REFERENCE)
    replaced = {name for name, source in found.items() if source is REFERENCE[name]}
    assert replaced == {"activations", "affine", "numerical_gradient", "softmax_with_loss"}
    training = on_top_of(COURSE.named("mnist"), COURSE, theirs, REFERENCE)
    assert training["two_layer_net"] is REFERENCE["two_layer_net"]
    assert training["affine"] is REFERENCE["affine"]
    assert training["mnist"] is theirs["mnist"]


def test_what_builds_on_nothing_or_is_not_there_is_not_tried():
    """The imports of the reference and of the submission decide."""
    assert on_top_of(AFFINE, COURSE, REFERENCE, REFERENCE) == {}
    assert on_top_of(NET, COURSE, {"affine": WRONG_AFFINE}, REFERENCE) == {}
    importing = Source("affine.py", "def (:\n    from activations import Relu")
    found = on_top_of(AFFINE, COURSE, {"affine": importing}, REFERENCE)
    assert found == {"affine": importing, "activations": REFERENCE["activations"]}


@pytest.mark.parametrize(
    ("outcomes", "due"),
    [
        (["PASSED", "PASSED"], False),
        (["PASSED", "FAILED"], True),
        (["BLOCKED", "BLOCKED"], True),
        (["NOT_STARTED", "NOT_STARTED"], False),
        (["CRASHED", "GRADER_ERROR"], False),
    ],
)
def test_what_passes_or_is_not_written_is_not_tried(outcomes, due):
    """The same holds for grader errors."""
    specs = tuple(SpecVerdict("f", "f.", Tier.CORE, Outcome(one), 1) for one in outcomes)
    assert may_be_due_to_another(ExerciseVerdict("01_f", specs)) is due


# Results


def test_who_is_wrong_earlier_and_right_later_passes_on_top_of_the_reference(judge):
    """If an earlier exercise is wrong; the original verdict stays unchanged."""
    found = network(judged(judge, affine=WRONG_AFFINE))
    assert not found.done
    assert found.points < found.points_through == found.max_points
    assert found.points_that_count == found.points


@pytest.mark.thorough
def test_who_is_wrong_later_too_does_not(judge):
    """An exercise that is wrong by itself also fails on top of the reference."""
    found = network(judged(judge, affine=WRONG_AFFINE, two_layer_net=WRONG_NET))
    assert 0 <= found.points_through < found.max_points


def test_what_passes_is_not_tried_again(judge):
    """It cannot score more points."""
    assert network(judged(judge)).through == ()


def test_the_policy_decides_whether_it_is_tried_and_counts():
    """If the policy is off, the verdict is the same as without follow-through."""
    for policy, tried, counts in (("off", False, False), ("count", True, True)):
        judge = Judge(COURSE, [NET], confined=can_confine(), follow_through=policy)
        verdict = judged(judge, affine=WRONG_AFFINE)
        assert bool(network(verdict).through) is tried
        assert verdict.conditions.follow_through == policy
        assert (network(verdict).points_that_count == 17) is counts


def everything_told(verdict, tmp_path, capfd):
    """Return the journal, all reports on a verdict, and what was printed."""
    with Journal(tmp_path / "journal", tmp_path) as journal:
        journal.add(verdict, 1.0)
    row = Row("Ada", verdict, handed_in="ada")
    page = Console(file=StringIO(), record=True, width=200)
    page.print(terminal.render([row], is_class=False))
    return [
        (tmp_path / "journal").read_text(),
        json.render([row]),
        html.render([row], {"ada": {"two_layer_net": Source("two_layer_net.py", LEAKING)}}),
        *feedback.render([row], 2).values(),
        github.render([row], is_class=False),
        gradescope.render(row, steps=2),
        page.export_text(),
        *capfd.readouterr(),
    ]


def test_nothing_of_the_reference_comes_out(judge, tmp_path, capfd):
    """Not in output, exceptions, returned values or names, and not in any report."""
    own = Source("affine.py", "class Affine: pass\n")
    leaking = Source("two_layer_net.py", LEAKING)
    verdict = judged(judge, affine=own, two_layer_net=leaking)
    assert network(verdict).through
    told = everything_told(verdict, tmp_path, capfd)
    assert "class Affine: pass" in told[0]  # how the learner's class describes itself
    lines = [one.strip() for one in REFERENCE["affine"].text.splitlines()]
    telling = [one for one in lines if len(one) > 20 and not set(one) & set("\"'<>&`*_[]")]
    assert len(telling) > 5
    for line in telling:
        assert not [one for one in told if line in one]


def test_a_failure_of_ours_on_top_of_the_reference_says_only_that(judge, monkeypatch):
    """The text may contain output of the code, so it is dropped; the exercise is judged again."""

    def fail(*_):
        raise RuntimeError("class Affine: the reference")

    monkeypatch.setattr(judge, "_outcomes", fail)
    verdict = judged(judge, affine=WRONG_AFFINE)
    assert set(network(verdict).through) == {Outcome.GRADER_ERROR}
    assert verdict.has_grader_error
    assert "the reference" not in repr(verdict)
    assert _inconclusive(Judgement(verdict, 0), 1) == ("06_two_layer_net",)


def test_time_on_top_of_the_reference_is_doubted_beside_other_judges(judge):
    """Like any time-out of a worker that had to wait: on a less busy machine it might pass."""
    verdict = judged(judge, affine=WRONG_AFFINE)
    waited = ("06_two_layer_net",)
    assert _inconclusive(Judgement(verdict, 0, waited), 2) == ()
    late = replace(verdict, exercises=(replace(network(verdict), through=(Outcome.TIMED_OUT,)),))
    assert _inconclusive(Judgement(late, 0, waited), 2) == waited
    assert _inconclusive(Judgement(late, 0, waited), 1) == ()
    assert _inconclusive(Judgement(late, 0), 2) == ()


# Stand-ins


@pytest.fixture(scope="module")
def plain_judge():
    """A judge with a secret, under the policy that is the default."""
    return Judge(COURSE, [NET, AFFINE], secret="5ec7e7", confined=can_confine())


def handed_in(judge, *modules, exercises=(NET,), **changed):
    """Return the verdict on a submission of these modules of the reference, and changed ones."""
    sources = {**{name: REFERENCE[name] for name in modules}, **changed}
    return judge.judge(Submission("ada", sources, exercises))


def test_an_exercise_that_is_handed_in_alone_is_judged_on_top_of_the_reference(plain_judge):
    """Seen: with one assignment for each exercise, everybody had 0 of 17 points for the network."""
    verdict = handed_in(plain_judge, "two_layer_net")
    found = network(verdict)
    assert (found.points, found.done, found.through) == (17, True, ())
    assert found.on_reference == (
        "02_activations",
        "03_affine",
        "04_softmax_with_loss",
        "05_numerical_gradient",
    )
    row = Row("Ada", verdict, handed_in="ada")
    told = [*feedback.render([row]).values(), gradescope.render(row)]
    assert all("judged with the course" in one for one in told)
    page = Console(file=StringIO(), record=True, width=200)
    page.print(terminal.render([row], is_class=True))
    assert "17°" in page.export_text()
    assert "° judged with the reference" in " ".join(str(one) for one in terminal._legend([row]))


def test_it_is_still_judged(plain_judge):
    """What is wrong by itself stays wrong; the learner reads which promises are broken."""
    verdict = handed_in(plain_judge, two_layer_net=WRONG_NET)
    found = network(verdict)
    assert 0 < found.points < 17
    broken = [one for one in found.specs if not one.passed]
    assert {one.feedback.outcome for one in broken} == {Outcome.FAILED}
    assert all("your own pytest shows" in str(one.feedback.message) for one in broken)


def test_an_earlier_exercise_that_was_handed_in_is_never_replaced(plain_judge):
    """Wrong, not written or broken: the learner's own counts, as before."""
    wrong = network(handed_in(plain_judge, "two_layer_net", affine=WRONG_AFFINE))
    assert wrong.points < 17
    assert "03_affine" not in wrong.on_reference
    broken = Source("affine.py", "class Affine(:\n")
    found = network(handed_in(plain_judge, "two_layer_net", affine=broken))
    assert {one.outcome for one in found.specs} == {Outcome.BLOCKED}
    assert (found.points, found.basis) == (0, Basis.JUDGED)


def test_what_still_blocks_beside_stand_ins_is_named(plain_judge):
    """The one that was handed in, not those for which the reference stood in."""
    broken = Source("affine.py", "class Affine(:\n")
    found = network(handed_in(plain_judge, "two_layer_net", affine=broken))
    (told,) = {str(one.feedback.message) for one in found.specs}
    first, second = told.splitlines()
    assert first == "03_affine is not green; begin there"
    assert second.startswith("it needs 03_affine: not all of that is written yet")
    assert {one.feedback.outcome for one in found.specs} == {Outcome.BLOCKED}
    assert for_learner(handed_in(plain_judge, "two_layer_net", affine=broken)).points == 0


def test_an_earlier_exercise_that_cannot_be_read_leaves_no_mark(plain_judge):
    """It was handed in, so nothing stands in for it; nobody knows what it is worth."""
    unread = Source("affine.py", "", "affine.py is not encoded in UTF-8")
    verdict = handed_in(plain_judge, "two_layer_net", affine=unread)
    assert network(verdict).basis is Basis.UNREADABLE
    assert Row("Ada", verdict, handed_in="ada").mark is None


def test_what_is_left_out_on_purpose_scores_nothing_itself(plain_judge):
    """The whole course was asked for: the affine layer is missing, and has 0 points."""
    affine, net = handed_in(plain_judge, "two_layer_net", exercises=(AFFINE, NET)).exercises
    assert (affine.points, affine.basis, affine.on_reference) == (0, Basis.MISSING, ())
    assert {one.outcome for one in affine.specs} == {Outcome.NOT_STARTED}
    assert net.points == 17


@pytest.mark.thorough
def test_what_a_stand_in_does_not_help_is_judged_as_ever(plain_judge):
    """With the learner's own messages, since nothing of the reference is needed."""
    raising = (
        "class TwoLayerNet:\n    def __init__(self, *_, **__):\n        raise ValueError('mine')"
    )
    found = network(handed_in(plain_judge, two_layer_net=Source("two_layer_net.py", raising)))
    assert found.on_reference == ()
    assert all("ValueError: mine" in str(one.message) for one in found.specs)
    assert all("ValueError: mine" in str(one.feedback.message) for one in found.specs)


def test_what_is_not_written_beside_stand_ins_is_told_to_be(plain_judge):
    """And not to be broken."""
    unwritten = "from affine import Affine\n\n\nclass TwoLayerNet:\n"
    unwritten += (
        "    def __init__(self, *_, **__):\n        raise NotImplementedError('write it')\n"
    )
    found = network(handed_in(plain_judge, two_layer_net=Source("two_layer_net.py", unwritten)))
    assert "03_affine" in found.on_reference
    assert {one.feedback.outcome for one in found.specs} == {Outcome.NOT_STARTED}


def test_nothing_of_a_stand_in_comes_out(plain_judge, tmp_path, capfd):
    """The code can read the reference, and says it in all ways that there are."""
    leaking = Source("two_layer_net.py", LEAKING)
    verdict = handed_in(plain_judge, two_layer_net=leaking)
    assert network(verdict).on_reference
    lines = [one.strip() for one in REFERENCE["affine"].text.splitlines()]
    telling = [one for one in lines if len(one) > 20 and not set(one) & set("\"'<>&`*_[]")]
    told = everything_told(verdict, tmp_path, capfd)
    assert len(telling) > 5
    for line in telling:
        assert not [one for one in told if line in one]


def test_a_failure_of_ours_beside_stand_ins_is_a_grader_error(plain_judge, monkeypatch):
    """It is judged again, and leaves no mark."""

    def fail(*_):
        raise RuntimeError("class Affine: the reference")

    monkeypatch.setattr(plain_judge, "_outcomes", fail)
    verdict = handed_in(plain_judge, "two_layer_net")
    assert {one.outcome for one in network(verdict).specs} == {Outcome.GRADER_ERROR}
    assert "the reference" not in repr(verdict)
    assert _inconclusive(Judgement(verdict, 0), 1) == ("06_two_layer_net",)
    assert Row("Ada", verdict, handed_in="ada").mark is None


# The command

COURSE_FILES = {
    "pyproject.toml": '[tool.kata]\nexercises = ["01_double", "02_four"]\n',
    "solutions/01_double/double.py": "def double(x):\n    return x * 2\n",
    "solutions/02_four/four.py": (
        "from double import double\n\n\ndef four(x):\n    return double(double(x))\n"
    ),
    "tests/specs/test_01_double.py": (
        'def test_double(student):\n    """double doubles."""\n    assert student.double(3) == 6\n'
    ),
    "tests/specs/test_02_four.py": (
        'def test_four(student):\n    """four is 4 x."""\n    assert student.four(3) == 12\n'
    ),
}
CLASS = {
    "ada/double.py": "def double(x):\n    return x * 3\n",
    "ada/four.py": COURSE_FILES["solutions/02_four/four.py"],
    "bob/four.py": COURSE_FILES["solutions/02_four/four.py"],
    "eve/double.py": "def double(x):\n    return x * 3\n",
    "eve/four.py": "from double import double\n\n\ndef four(x):\n    return double(x)\n",
}


def lay(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.mark.thorough
def test_the_policy_decides_what_a_class_scores(process, tmp_path):
    """Off, reported or counted; a verdict is reused only under the same policy."""
    course, group = tmp_path / "course", tmp_path / "class"
    lay(course, COURSE_FILES)
    lay(group, CLASS)

    def grade(*options):
        book = tmp_path / "book.json"
        done = process(
            *("-m", "grader", "grade", group, "--secret-file", tmp_path / "secret"),
            *("--journal", tmp_path / "j", "--json", book, "--jobs", 1, *TRUSTED, *options),
            cwd=course,
        )
        assert done.returncode == 0, done.err
        rows = reader.loads(book.read_text())["submissions"]
        return done.out, {row["name"]: row["points"] for row in rows}, book.read_bytes()

    assert grade()[1] == {"ada": 0, "bob": 1, "eve": 0}  # bob handed in no double.py
    out, points, _ = grade("--follow-through", "report")
    assert points == {"ada": 0, "bob": 1, "eve": 0}
    assert (out.count("0→1"), out.count("1°")) == (1, 1)
    assert "→ with correct earlier exercises, not counted" in " ".join(out.split())
    (course / "pyproject.toml").write_text(
        COURSE_FILES["pyproject.toml"] + 'follow_through = "count"\n'
    )
    out, points, book = grade("--report", f"feedback={tmp_path / 'feedback'}")
    assert points == {"ada": 1, "bob": 1, "eve": 0}
    assert (out.count("1←0"), out.count("1°")) == (1, 1)
    told = (tmp_path / "feedback" / "ada.feedback.md").read_text()
    assert "it scores 1 of 1 points, which counts" in told

    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 3 * 3
    (tmp_path / "j").write_bytes(b"".join(lines[:-1]) + lines[-1][:40])  # killed while it wrote
    assert grade()[2] == book
    assert len((tmp_path / "j").read_bytes().splitlines()) == 1 + 3 * 3


def test_without_a_reference_it_is_refused(tmp_path):
    """Follow-through is not silently skipped."""
    lay(tmp_path, {name: text for name, text in COURSE_FILES.items() if "solutions" not in name})
    with pytest.raises(CourseError, match=r"double\.py.*--follow-through off"):
        check_reference(find_course(tmp_path))


def test_without_a_reference_what_lacks_an_earlier_exercise_has_no_mark(tmp_path):
    """Never a silent 0; with another reference, it is judged again."""
    files = {name: text for name, text in COURSE_FILES.items() if "solutions" not in name}
    lay(tmp_path / "bare", files)
    lay(tmp_path / "course", COURSE_FILES)
    four = Source("four.py", CLASS["bob/four.py"])
    found = {}
    for name in ("bare", "course"):
        course = find_course(tmp_path / name)
        judge = Judge(course, confined=can_confine())
        submission = Submission("bob", {"four": four}, (course.named("four"),))
        found[name] = judge.judge(submission)
        assert _has_same_reference(found[name].exercises[0], submission) is (name == "course")
    assert [network(one).basis for one in found.values()] == [Basis.WAITING, Basis.JUDGED]
    assert Row("Bob", found["bare"], handed_in="bob").mark is None
    assert Row("Bob", found["course"], handed_in="bob").mark == 1
    (tmp_path / "course" / "solutions" / "01_double" / "double.py").write_text("def double(x): 3")
    assert not _has_same_reference(network(found["course"]), submission)


def test_another_reference_is_another_condition_where_it_took_part(tmp_path):
    """Otherwise a verdict that is based on a faulty reference would be reused."""
    found = []
    for name, changed in (("one", {}), ("other", {"solutions/01_double/double.py": "double = 1"})):
        lay(tmp_path / name, {**COURSE_FILES, **changed})
        settings = JudgeConfig(tmp_path / name, ("01_double",), "", Limits(), ())
        found.append([replace(settings, follow_through=p).conditions() for p in ("off", "count")])
    (off, count), (other_off, other_count) = found
    assert off == other_off
    assert len({off.course, count.course, other_count.course}) == 3
