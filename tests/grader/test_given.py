"""A course that does not teach all: what it builds on is given, from the bundle to the marks.

Issue 19: "an instructor who teaches one part sees nothing of the other; `exercises` still chooses
freely". Before, a course of 08 to 13 could not even run 13, which imports Relu, Affine and
SoftmaxWithLoss: "this course has no activations".
"""

import re
import shutil
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.course.course import KEPT
from grader.course.dependencies import builds_on, imported_by, needed_by
from grader.course.modules import is_changed, offer_of, read_module, read_modules
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.judging.judge import Judge
from grader.judging.replay import replay
from grader.kata.lessons.magic import register
from grader.kata.lessons.walkthrough import walkthrough_cells
from grader.kata.runs.progress import Progress
from grader.release.bundle import bundle
from grader.release.leak_scan import leaks, secrets_of
from grader.release.new_course import start
from grader.release.pristine import keep
from grader.release.update import write_folder
from grader.submissions.class_folder import collect
from grader.transport.worker_process import can_confine
from grader.verdicts.conditions import version_of
from grader.verdicts.verdict import Outcome

ROOT = Path(__file__).parents[2]
WHOLE = find_course(ROOT)
FIRST, SECOND = (part.exercises for part in WHOLE.parts)
NET = ("06_two_layer_net",)
LAYERS = ["activations", "affine", "softmax_with_loss"]
WRONG = ("np.sum(dout, axis=0)", "np.sum(dout)")  # the bias's gradient, over all axes


@pytest.fixture(scope="module")
def teach(tmp_path_factory):
    """The instructor's course, of which some exercises are taught; made once for each choice."""

    @cache
    def teach(exercises):
        root = tmp_path_factory.mktemp("taught")
        for name in ("exercises", "solutions", "tests/specs", "tests/mistakes", ".vscode"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        settings = (ROOT / "pyproject.toml").read_text("utf-8")
        chosen = f"[tool.kata]\nexercises = {list(exercises)}\n"
        settings = settings.replace("[tool.kata]\n", chosen, 1)
        (root / "pyproject.toml").write_text(settings, "utf-8")
        for exercise in WHOLE.exercises:  # there is no git here
            keep(type(exercise)(root, exercise.name), exercise.stub.read_bytes())
        return find_course(root)

    return teach


@pytest.fixture(scope="module")
def bundled(teach):
    """The files of the bundle of a course; made once for each choice."""
    return cache(lambda exercises: bundle(teach(exercises)))


@pytest.fixture
def started(teach, tmp_path):
    """A learner's course: what is handed out, without a grader of its own."""

    def started(exercises, language="en"):
        start(teach(exercises), tmp_path / "learner", language)
        return find_course(tmp_path / "learner")

    return started


def modules_of(exercises):
    return [one.module for one in exercises]


@pytest.mark.parametrize(
    ("exercises", "given"),
    [
        (FIRST, []),
        (SECOND, LAYERS),
        (NET, ["activations", "affine", "softmax_with_loss", "numerical_gradient"]),
        (("12_pooling",), []),
        (
            ("13_conv_net",),
            [
                *LAYERS,
                *("optimizers", "batch_normalization", "regularization", "convolution", "pooling"),
            ],
        ),
    ],
    ids=str,
)
def test_what_is_taught_builds_on_is_given(teach, exercises, given):
    """Directly or through others, and nothing else: no course of all exercises gives any."""
    course = teach(exercises)
    assert modules_of(course.given) == given
    assert set(modules_of(course.given)) <= set(modules_of(course.untaught))
    offered = offer_of(course)
    assert set(offered.exercises) == {*modules_of(course.exercises), *given}
    assert WHOLE.given == WHOLE.untaught == ()


def test_a_course_with_the_other_parts_table_removed_gives_the_same(teach, tmp_path):
    """Both ways to teach part two alone are one."""
    root = tmp_path / "course"
    shutil.copytree(teach(SECOND).root, root)
    text = (root / "pyproject.toml").read_text("utf-8")
    table = re.search(r"^\[\[tool\.kata\.parts\]\].*?\]\n\n", text, re.M | re.S)[0]
    assert FIRST[0] in table
    assert SECOND[0] not in table
    text = re.sub(r"^exercises = \['08.*\n", "", text.replace(table, ""), flags=re.M)
    (root / "pyproject.toml").write_text(text, "utf-8")
    course = find_course(root)
    assert [one.name for one in course.exercises] == list(SECOND)
    assert modules_of(course.given) == LAYERS


def test_what_is_taught_is_the_learners_own_beneath_what_is_given(teach):
    """07 imports the network that is given, and that imports the affine layer of the learner."""
    course = teach(("03_affine", "07_mnist"))
    affine, training = course.exercises
    assert "two_layer_net" in modules_of(course.given)
    reference = read_modules(course.root / "solutions", course)
    assert builds_on(training, course, reference) == {"affine"}
    assert needed_by(training, course) == {"affine"}
    own = {training.module: reference[training.module]}
    assert imported_by(training, course, own) == [affine]


@pytest.mark.parametrize("exercises", [FIRST, SECOND], ids=["part one", "part two"])
def test_nothing_of_the_other_part_is_handed_out(teach, bundled, exercises):
    """Not in settings, in links, in the table of exercises or as files."""
    course, files = teach(exercises), bundled(exercises)
    others = {*FIRST, *SECOND} - {*exercises} - {one.name for one in course.given}
    texts = {path: text for path, text in files.items() if not path.startswith("grader/")}
    for name in others:
        named = {path for path in texts if name in path}
        quoted = {path for path, text in texts.items() if f"{name}/".encode() in text}
        listed = {path for path, text in texts.items() if f'"{name}"'.encode() in text}
        # The examples of exercises/README.md are about 03 and 07.
        assert named | quoted | listed <= {"exercises/README.md", "exercises/README.zh-CN.md"}
        assert f"]({name}/".encode() not in texts["exercises/README.md"]
    for one in course.given:
        assert not [path for path in texts if one.name in path and not path.endswith(".py")]
    assert (b"convolutional" in texts["exercises/README.md"]) is (exercises == SECOND)
    assert len(secrets_of(course, files).lines) > 50


def test_no_line_of_a_solution_is_in_the_bundle_but_of_what_is_given(teach, bundled, tmp_path):
    """By name: a line that only a taught solution has still counts."""
    course, files = teach(SECOND), bundled(SECOND)
    secrets = secrets_of(course, files)
    write_folder(files, tmp_path / "out")
    assert list(leaks(tmp_path / "out", secrets)) == []
    spilt = tmp_path / "out" / "exercises" / "03_affine" / "notes.txt"
    spilt.write_bytes(course.named("12_pooling").solution.read_bytes())
    assert list(leaks(tmp_path / "out", secrets))


def test_the_bundle_of_a_bundle_is_the_same_bundle(bundled, tmp_path):
    """What is given is taken along, though there are no solutions."""
    files = bundled(SECOND)
    write_folder(files, tmp_path / "learner")
    course = find_course(tmp_path / "learner")
    assert modules_of(course.given) == LAYERS
    assert bundle(course) == files


def test_a_course_that_kata_started_has_what_is_given(started):
    """As the bundle has."""
    course = started(SECOND, "zh-CN")
    assert modules_of(course.given) == LAYERS
    for one in course.given:
        assert one.stub.read_bytes() == one.finished.read_bytes()


@pytest.mark.parametrize("change", ["edited", "removed", "unchanged"])
def test_the_file_that_was_given_counts_whatever_becomes_of_its_copy(started, change):
    """Tracebacks show the copy in `exercises` where it is the same."""
    course = started(SECOND)
    affine = next(one for one in course.given if one.module == "affine")
    if change == "edited":
        affine.stub.write_text(affine.stub.read_text("utf-8").replace(*WRONG), "utf-8")
    if change == "removed":
        affine.stub.unlink()
    read = read_modules(course.root / "exercises", course)["affine"]
    solution = WHOLE.named("affine").solution
    assert read.text == read_module(solution).text
    assert is_changed(affine) is (change != "unchanged")
    assert Path(read.filename) == (affine.stub if change == "unchanged" else affine.finished)


def test_a_verdict_depends_on_what_is_given(teach, tmp_path):
    """Another solution of it is another version of the course, in which all are judged anew."""
    root = tmp_path / "course"
    shutil.copytree(teach(SECOND).root, root)
    before = version_of(root)
    solution = root / "solutions" / "03_affine" / "affine.py"
    solution.write_text(solution.read_text("utf-8") + "\n# other\n", "utf-8")
    version_of.cache_clear()
    assert version_of(root) != before


# Marks


@pytest.fixture(scope="module")
def judge(teach):
    return Judge(teach(NET), confined=can_confine())


@pytest.fixture
def handed_in(tmp_path):
    """A submission to a course with some files: for each module, (right, wrong) of its solution."""

    def handed_in(course, **files):
        folder = tmp_path / "alice"
        for module, change in files.items():
            (name,) = (one.name for one in WHOLE.exercises if one.module == module)
            text = (ROOT / "solutions" / name / f"{module}.py").read_text("utf-8")
            assert change[0] in text
            (folder / name).mkdir(parents=True)
            (folder / name / f"{module}.py").write_text(text.replace(*change), "utf-8")
        (entry,) = collect(folder, course, is_class=False).entries
        return entry.read()

    return handed_in


@pytest.fixture
def marks(judge, handed_in):
    """The verdict on such a submission."""
    return lambda **files: judge.judge(handed_in(judge.course, **files))


SAME = ("def ", "def ")


def test_a_submission_need_not_hold_what_is_given(marks):
    """There is nothing to say then, and no marks are for it."""
    verdict = marks(two_layer_net=SAME)
    assert [one.name for one in verdict.exercises] == list(NET)
    assert verdict.done
    assert all(spec.passed for spec in verdict.exercises[0].specs)
    assert verdict.notes == ()


def test_of_what_is_given_the_courses_own_counts(marks):
    """As at home: what a learner hands in of it neither helps nor harms, and a note says so."""
    verdict = marks(two_layer_net=SAME, affine=WRONG, simple_layers=SAME)
    assert verdict.done
    assert list(map(str, verdict.notes)) == [
        "given by the course, whose own counts: 03_affine/affine.py",
        "not taught in this course: 01_simple_layers/simple_layers.py",
    ]


def test_a_mistake_is_the_exercises_own_and_named(marks):
    """Nobody is sent to an exercise that is not taught."""
    verdict = marks(two_layer_net=('"b1": first.db', '"b1": second.db'))
    specs = verdict.exercises[0].specs
    failed = [spec for spec in specs if spec.outcome is not Outcome.PASSED]
    assert failed
    assert any(spec.mistake for spec in failed)
    assert "begin there" not in "".join(str(spec.message) for spec in failed)


def test_a_replay_has_what_is_given(judge, handed_in):
    """The course's own there, too."""
    submission = handed_in(judge.course, two_layer_net=SAME, affine=WRONG)
    specs = judge.judge(submission).exercises[0].specs
    found, exchanges = replay(judge, submission, specs[-1].name)
    assert found.passed
    assert exchanges


def test_a_file_of_what_is_not_taught_is_not_taken_for_another(teach, handed_in):
    """07 and 13 both define `train`: a learner of part two hands in the folder of both parts."""
    course = teach(SECOND)
    assert handed_in(course, mnist=SAME).sources == {}
    found = handed_in(course, conv_net=("class SimpleConvNet", "class Net"))
    assert "class Net" in found.sources["conv_net"].text


# A learner


def test_what_is_green_at_home_is_green_when_graded(started, process):
    """`pytest` says what does not count; tests of one's own import what is given."""
    course = started(NET)
    (net,) = course.exercises
    net.stub.write_bytes((ROOT / "solutions" / NET[0] / net.filename).read_bytes())
    mine = net.stub.with_name("test_mine.py")
    mine.write_text("from affine import Affine\n\ndef test_mine():\n    assert Affine\n", "utf-8")
    affine = next(one for one in course.given if one.module == "affine")
    affine.stub.write_text(affine.stub.read_text("utf-8").replace(*WRONG), "utf-8")
    done = process("-m", "pytest", "exercises", cwd=course.root)
    assert done.returncode == 0, done.out
    told = "exercises/03_affine/affine.py is not used as you changed it"
    assert told in " ".join(done.out.split())
    assert "17 of 17 points" in done.out


def test_kata_knows_what_is_taught_and_nothing_else(started):
    """No exercise, minute or point is of what is given."""
    progress = Progress(started(NET))
    (status,) = progress.statuses()
    assert status.exercise.name == NET[0]
    with pytest.raises(CourseError, match="there is no exercise 'affine'; the course has 06"):
        progress.named("affine")


def test_a_script_imports_what_is_given(started, process):
    """The stub's own line about the folders finds it."""
    course = started(("13_conv_net",))
    (net,) = course.exercises
    net.stub.write_bytes((ROOT / "solutions" / net.name / net.filename).read_bytes())
    code = "import conv_net; print(conv_net.SimpleConvNet().layers['Affine1'].W.shape)"
    done = process(
        "-c", code, cwd=course.root, command=(sys.executable,), PYTHONPATH=net.stub.parent
    )
    assert done.out.strip() == "(4320, 100)", done.err


def test_a_notebook_imports_what_is_given(started, monkeypatch):
    """The copy that counts, before an installed package of the same name."""
    course = started(NET)
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(sys, "path", list(sys.path))
    register(SimpleNamespace(register_magic_function=lambda *_: None))
    found = PathFinder.find_spec("affine", sys.path)
    assert Path(found.origin) == course.root / KEPT / "03_affine" / "affine.py"


def test_a_walkthrough_begins_with_the_modules_that_are_given(teach):
    """Issue 19: a walkthrough of part two alone lacked them."""
    cells = [cell["source"] for cell in walkthrough_cells(teach(SECOND))]
    written = [cell.split("\n")[0].split()[1] for cell in cells if cell.startswith("%%writefile")]
    names = [*LAYERS, *(name.partition("_")[2] for name in SECOND)]
    assert written == [f"{name}.py" for name in names]
