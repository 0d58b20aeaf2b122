"""What an exercise builds on."""

from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.dependencies import builds_on, imported_by, needed_by
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.worker.source import Source

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
REFERENCE = read_modules(ROOT / "solutions", COURSE)


def test_an_exercise_builds_on_what_the_reference_imports():
    """Directly or through others."""
    net = {"activations", "affine", "softmax_with_loss", "numerical_gradient"}
    assert builds_on(COURSE.named("two_layer_net"), COURSE, REFERENCE) == net
    assert builds_on(COURSE.named("mnist"), COURSE, REFERENCE) == {*net, "two_layer_net"}
    assert builds_on(COURSE.named("affine"), COURSE, REFERENCE) == set()


def test_a_learners_own_imports_of_earlier_exercises_count_too():
    """Those of later exercises do not."""
    theirs = Source("affine.py", "import activations\nfrom mnist import train\n")
    assert builds_on(COURSE.named("affine"), COURSE, REFERENCE, theirs) == {"activations"}


def test_the_courses_own_files_are_solutions_or_stubs(tmp_path):
    """A learner's copy of the course has no solutions; of a course without files, all is taken."""
    assert needed_by(COURSE.named("affine"), COURSE) == set()
    assert "two_layer_net" in needed_by(COURSE.named("mnist"), COURSE)
    exercises = tuple(Exercise(tmp_path, name) for name in ("01_a", "02_b", "03_c"))
    assert needed_by(exercises[2], Course(tmp_path, exercises)) == {"a", "b"}
    exercises[1].stub.parent.mkdir(parents=True)
    exercises[1].stub.write_text("")
    assert needed_by(exercises[1], Course(tmp_path, exercises[:2])) == set()


def test_only_what_a_learners_own_modules_import_can_be_the_cause():
    """In the order of the course, directly or through others, whether it is there or not."""
    net = COURSE.named("two_layer_net")
    assert [one.module for one in imported_by(net, COURSE, REFERENCE)] == [
        "activations",
        "affine",
        "softmax_with_loss",
        "numerical_gradient",
    ]
    own = {
        "two_layer_net": Source("two_layer_net.py", "import affine\nimport mnist\n"),
        "affine": Source("affine.py", "from simple_layers import MulLayer\n"),
    }
    assert [one.name for one in imported_by(net, COURSE, own)] == ["01_simple_layers", "03_affine"]
    assert imported_by(net, COURSE, {}) == []
