"""What a spec has called, as Python that does the same."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.known_runs import is_cheap
from grader.judging.pytest_session import PytestSession
from grader.mistakes.catalogue import make, read_mistakes
from grader.pytest_plugin.programs.program import write_program
from grader.specs.assertions import Mismatch, assert_matches
from grader.specs.fixtures import student_of
from grader.transport.in_process import InProcess
from grader.transport.student import Student, StudentError
from grader.worker.module_loader import importable
from grader.worker.source import Source

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
NAMES = [exercise.name for exercise in COURSE.exercises]


@pytest.fixture(scope="module")
def session():
    """All specs, collected once."""
    return PytestSession(COURSE, COURSE.exercises, "", None)


@pytest.fixture
def load(tmp_path):
    """Saves a large array as a file."""

    def load(array):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.npy"
        np.save(path, array)
        return f"np.load({str(path)!r})"

    return load


def failures(session, exercise, mistake, load):
    """Each failure that a mistake leads to: name of the spec, exception, and program."""
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = make(mistake, exercise)
    code = {exercise.module: "\n".join(sources[exercise.module].parts().values())}
    with importable(sources):
        transport = InProcess(sources)
        for item in filter(is_cheap, session.items[exercise]):
            error = session.run(item, transport)
            if error is not None:
                yield item.name, error, write_program(student_of(item), error, code, load)


def run(program):
    """Run a program; return its variables, and what ended it."""
    names = {}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(program, names)
    except Exception as error:
        return names, error
    return names, None


def is_same(one, other):
    """Whether two values are equal to the last bit."""
    one, other = np.asarray(one), np.asarray(other)
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def assert_reproduces(error, program):
    """Check that a program ends as the spec did, or calculates what it saw."""
    names, end = run(program)
    if isinstance(error, StudentError):
        # What a function of the spec raises reaches the learner's code as a RuntimeError.
        kinds = {
            error.report.type,
            str(error.report.message).partition(" called: ")[2].split(":")[0],
        }
        assert type(end).__name__ in kinds, program
        return
    assert end is None or type(end) is Mismatch, program
    if isinstance(error, Mismatch) and "returned" in names:
        returned = names["returned"]
        alike = repr(returned) == repr(error.returned) or is_same(returned, error.returned)
        assert alike, program
    if isinstance(error, Mismatch) and "expected" in names:
        assert repr(names["expected"]) == repr(error.expected), program


def check(session, exercise, mistakes, load):
    """Check what mistakes lead to; return the number of programs, and specs that have none."""
    sources = read_modules(ROOT / "solutions", COURSE)
    written, without = 0, set()
    for mistake in mistakes:
        if mistake.name == "numerical_never_advances":  # only the spec ends its loop
            continue
        for spec, error, program in failures(session, exercise, mistake, load):
            if not program:
                without.add(spec)
            else:
                written += 1
                sources[exercise.module] = make(mistake, exercise)
                with importable(sources):
                    assert_reproduces(error, program)
    return written, without


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of wrong arithmetic
@pytest.mark.parametrize("name", NAMES)
def test_what_is_printed_does_what_the_spec_has_done(session, load, name):
    """A broken variant of each exercise: the values are the same to the last bit."""
    exercise = COURSE.named(name)
    *_, last = read_mistakes(exercise)
    written, without = check(session, exercise, [last], load)
    assert written
    assert not without


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_every_known_mistake_can_be_tried(session, load, name):
    """For all but one promise, which makes more calls than anybody reads."""
    exercise = COURSE.named(name)
    written, without = check(session, exercise, read_mistakes(exercise), load)
    assert written
    assert len(without) <= 1, without


# What it looks like

CODE = """
class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        return dout * self.x, dout * self.y


def scaled(x, factor=1):
    x *= factor
    return x


def update(params, grads):
    params["b"] = 2 * params["b"]


def fails(f):
    return f(np.zeros(2))
"""


@pytest.fixture
def student():
    sources = {"ex": Source("ex.py", f"import numpy as np\n{CODE}")}
    with importable(sources):
        yield Student(InProcess(sources), "ex", 0)


def program(student, returned, expected, what="dx"):
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, expected, what)
    return write_program(student, caught.value, {"ex": CODE}, lambda _: "LARGE")


def test_it_has_the_inputs_the_calls_what_came_back_and_what_was_wanted(student):
    """Short, with names that the learner has given to the parameters."""
    layer = student.MulLayer()
    layer.forward(100, np.float64(2.5))
    assert program(student, layer.backward(1.5), (3.75, 150.0), "(dx, dy)") == (
        "import numpy as np\n"
        "from ex import MulLayer\n"
        "\n"
        "layer = MulLayer()\n"
        "y = np.float64(2.5)\n"
        "layer.forward(100, y)\n"
        "returned = layer.backward(1.5)[0]\n"
        "print(returned)\n"
        "# returned  150.0\n"
        "expected = 3.75\n"
        "print(expected)\n"
    )


def test_an_array_that_is_used_twice_stays_what_it_was(student):
    """As the spec passes a copy each time, a call that changes it changes nothing else."""
    x = np.array([1.0, 2.0])
    student.scaled(x, 2)
    told = program(student, student.scaled(x, factor=3), np.zeros(2))
    assert "x = np.array([1.0, 2.0])\nscaled(x.copy(), 2)\n" in told
    assert "returned = scaled(x.copy(), factor=3)\n" in told
    assert told.count("np.array([1.0") == 1


def test_a_dict_is_made_with_what_is_in_it(student):
    """Its name is that of the parameter; what is under a key is read from the dict."""
    x = student.array(np.array([1.0, 2.0]))
    params = student.mapping({"W": x.T, "b": np.array([3.0])})
    student.update(params, {"W": x})
    assert program(student, params["b"], np.array([4.0])) == (
        "import numpy as np\n"
        "from ex import update\n"
        "\n"
        "x = np.array([1.0, 2.0])\n"
        "params = {'W': x.T, 'b': np.array([3.0])}\n"
        "update(params, {'W': x})\n"
        "returned = params['b']\n"
        "print(returned)\n"
        "# returned  float64, shape (1,)\n"
        "#           [6.]\n"
        "expected = np.array([4.0])\n"
        "print(expected)\n"
    )


def test_large_arrays_are_loaded(student):
    """They would fill the screen."""
    told = program(student, student.scaled(np.arange(1000.0), 2), np.zeros(1000))
    assert "x = LARGE\nreturned = scaled(x, 2)\n" in told
    assert "expected = np.zeros((1000,))\n" in told


def test_what_code_raises_cannot_leave_its_comment(student):
    """Whatever lines and characters are in it."""
    layer = student.MulLayer()
    with pytest.raises(StudentError) as caught:
        student.check(lambda _: None, layer.nothing)
    caught.value.report = type(caught.value.report)("E", "a\rb\x0bc\nimport os\u2028import sys", ())
    told = write_program(student, caught.value, {"ex": CODE}, lambda _: "LARGE")
    after = told.partition("layer.nothing\n")[2]
    assert after
    assert all(line.startswith("#") for line in after.splitlines())


def test_what_the_spec_has_calculated_is_told_beside_the_calls(student):
    """There is no call that returns it."""
    product = student.MulLayer().forward(2, 3) + 1
    told = program(student, product, 8, "the bill")
    assert told.endswith(
        "layer.forward(2, 3)\n# checked   the bill\n# returned  7\nexpected = 8\nprint(expected)\n"
    )


def test_what_cannot_be_written_down_is_not(student):
    """A function that uses more of the spec than its values."""

    class Strange:
        def __call__(self, x):
            return 1.0

    assert program(student, student.fails(Strange()), 2.0) == ""
