"""Programs that show what a failed spec has called, for ``--try`` and for `kata try`."""

from pathlib import Path

import numpy as np

from grader.course.course import FOLDER, Exercise
from grader.course.modules import read_modules
from grader.pytest_plugin.programs.program import write_program
from grader.pytest_plugin.programs.python_text import literal_of
from grader.specs.lookup import course_of
from grader.transport.student import Student


def program_of(exercise: Exercise, spec: str, student: Student, error: BaseException) -> str:
    """Return a program that calls what a failed spec has called.

    Parameters
    ----------
    exercise : Exercise
        The exercise, in the learner's course.
    spec : str
        Name of the spec.
    student : Student
        The facade that it used.
    error : BaseException
        What ended it.

    Returns
    -------
    str
        Python to paste; empty if the calls cannot be written down.
    """
    course = course_of(exercise)
    modules = read_modules(exercise.stub.parents[1], course)
    earlier = course.exercises[: course.exercises.index(exercise) + 1]
    places = {one.module: one.stub.parent for one in earlier}
    places |= {one.module: one.finished.parent for one in course.given}
    code = {name: "\n".join(modules[name].parts().values()) for name in places if name in modules}
    program = write_program(
        student, error, code, _LargeArrays(exercise.root / FOLDER / "try", spec)
    )
    folders = [
        f"sys.path.insert(0, {str(folder)!r})\n"
        for name, folder in places.items()
        if f"\nfrom {name} import " in program
    ]
    return f"import sys\n{''.join(folders)}{program}" if program else ""


class _LargeArrays:
    """Saves arrays that are too large for a program as files that it loads.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    stem : str
        Beginning of their names.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder = folder
        self.stem = stem
        self.count = 0

    def __call__(self, array: np.ndarray) -> str:
        self.count += 1
        path = self.folder / f"{self.stem}-{self.count}.npy"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, array)
        except OSError:  # a course that cannot be written to: the program is long, but works
            return literal_of(array)
        return f"np.load({str(path)!r})"
