"""A course of three exercises, for tests of how submissions to it are read."""

from functools import partial

from grader.course.course import Course, Exercise
from grader.submissions.file_tree import File, FileTree

NAMES = ("01_mul_layer", "02_affine", "03_net")
REFERENCE = {
    "mul_layer": "class MulLayer:\n    secret = 1\n\n\nclass AddLayer:\n    secret = 1\n",
    "affine": "class Affine:\n    secret = 1\n",
    "net": "class Net:\n    secret = 1\n\n\ndef train():\n    secret = 1\n\n\ndef main(): ...\n",
}
STUB = {module: text.replace("secret = 1", "...  # TODO") for module, text in REFERENCE.items()}
WORK = {module: text.replace("secret", "mine") for module, text in REFERENCE.items()}
ALL = "\n".join(WORK.values())


def small_course(root):
    """The course in a folder, with stubs and solutions."""
    made = Course(root, tuple(Exercise(root, name) for name in NAMES))
    for exercise in made.exercises:
        for path, texts in ((exercise.stub, STUB), (exercise.solution, REFERENCE)):
            path.parent.mkdir(parents=True)
            path.write_text(texts[exercise.module], "utf-8")
    return made


def tree_of(files, order=(0, 0), changed=None):
    """Return a tree of files; contents other than bytes or text are stored as they are.

    All have the same order of upload and time of change.
    """

    def start(content, most):
        return content[:most]

    entries = {}
    for name, content in files.items():
        content = content.encode() if isinstance(content, str) else content
        is_file = isinstance(content, bytes)
        entries[name] = (
            File(len(content), partial(start, content), order, changed) if is_file else content
        )
    return FileTree(entries)
