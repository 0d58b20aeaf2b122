"""Odd values in place of what the reference returns: no spec makes them an error of the course.

Each public function, method and attribute of the solutions is replaced, one at a time, by one that
gives an odd value. With ``KATA_FUZZ=N`` in the environment, N values put together at random are
tried for each of them; this runs once a week.
"""

import ast
import io
import os
import random
import warnings
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.verdicts.verdict import Outcome
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
REFERENCE = read_modules(ROOT / "solutions", COURSE)
FUZZ = int(os.environ.get("KATA_FUZZ", "0"))

ODD = (
    "'text'",
    "'\\ud800' * 3",
    "'x' * ((4 << 20) - 60)",
    "2**63 - 1",
    "10**30",
    "float('nan')",
    "5e-324",
    "1j",
    "()",
    "{'W1': None, 'b1': 'x', 'W2': [], 'b2': {}}",
    "[[1.0], [2.0, 3.0]]",
    "(object(), None)",
    "[0.0] * 3_000",
    "np.zeros(0)",
    "np.array(2.5)",
    "np.float16(1)",
    "np.full((5, 4), np.inf)",
    "np.ones((2, 2), np.longdouble)",
    "np.ones(3, complex)",
    "np.array([None, 1])",
    "np.array(['a'])",
    "np.ones((1,) * 20)",
    "np.ones((3_000, 1), '?')",
    "object()",
    "lambda *args: 1",
)
"""Expressions, in the words of a submission."""

LEAVES = (*ODD, "None", "True", "-0.0", "-(2**63)", "float('inf')", "''", "b'bytes'", "{1, 2}")


def places(module):
    """Yield the public functions, methods and attributes of a solution, as they are assigned."""
    for node in ast.parse(REFERENCE[module].text).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{node.name} = lambda *args, **kwargs: {{}}"
        if isinstance(node, ast.ClassDef):
            yield from sorted(places_in(node))


def places_in(node):
    """Return the same of a class, whose attributes are set in its methods."""
    yielded = {
        f"{node.name}.{one.name} = lambda *args, **kwargs: {{}}"
        for one in node.body
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    }
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            yielded.add(
                f"{node.name}.{one.attr} = property(lambda self: {{}}, lambda self, value: None)"
            )
    return yielded


PLACES = [
    pytest.param(exercise, place, id=f"{exercise.name}-{place.split()[0]}")
    for exercise in COURSE.exercises
    for place in places(exercise.module)
    if not place.startswith("main ")  # runs as a script only
]
PLACES += [
    pytest.param(
        COURSE.named("08_optimizers"),
        f"{name}.update = lambda self, params, grads: params.update(dict.fromkeys(params, {{}}))",
        id=f"08_optimizers-{name}.update-params",
    )
    for name in ("SGD", "Adam")  # a dict of the spec's own, on the learner's side
]


COUNTS = ("Pooling.pool_h ", "Pooling.pool_w ")
"""The reference goes on as often as these say: what is endless is ended by a worker's limits."""


@pytest.fixture(scope="module")
def judge():
    """A judge without mistakes to compare with, which would take time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.judging.known_runs.read_mistakes", lambda exercise: ())
        yield Judge(COURSE, secret="odd")


def judged(judge, exercise, place, value):
    """Judge the solution with one place changed, without the specs that take long."""
    source = REFERENCE[exercise.module]
    changed = replace(source, text=f"{source.text}\n\n{place.format(value)}\n")
    sources = {**REFERENCE, exercise.module: changed}
    if place.startswith(COUNTS):
        with Judged(sources) as worker:
            return judge.judge_exercise(exercise, worker, cheap_only=True)
    with importable(sources), redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)


def assert_no_error_of_ours(verdict, value):
    """Check that each spec passed, or failed because of the submission."""
    errors = {
        spec.name: str(spec.message)
        for spec in verdict.specs
        if spec.outcome is Outcome.GRADER_ERROR
    }
    assert not errors, (value, errors)
    for spec in verdict.specs:
        assert len(str(spec.message)) < 20_000, value


def with_a_few_quickly():
    """All places; of each exercise, a bare pytest tries the first four."""
    for _, places_of_one in groupby(PLACES, lambda place: place.values[0]):
        for number, place in enumerate(places_of_one):
            marks = [pytest.mark.thorough] if number >= 4 else []
            yield pytest.param(*place.values, id=place.id, marks=marks)


@pytest.mark.parametrize(("exercise", "place"), with_a_few_quickly())
def test_a_few_odd_values_are_no_error_of_the_course(judge, exercise, place):
    """Three for each place, others for another place: all of them take a minute."""
    for value in random.Random(place).sample(ODD, 3):
        assert_no_error_of_ours(judged(judge, exercise, place, value), value)


@pytest.mark.thorough
@pytest.mark.parametrize(("exercise", "place"), PLACES)
def test_an_odd_value_is_never_an_error_of_the_course(judge, exercise, place):
    """Whatever is returned, and wherever a spec calculates with it."""
    for value in ODD:
        assert_no_error_of_ours(judged(judge, exercise, place, value), value)


@pytest.mark.skipif(not FUZZ, reason="runs once a week, or with KATA_FUZZ=N")
@pytest.mark.parametrize(("exercise", "place"), PLACES)
def test_values_put_together_at_random_are_never_an_error_of_the_course(judge, exercise, place):
    """As above, with `FUZZ` values for each place, from a seed that is in its name."""
    chance = random.Random(f"{exercise.name} {place}")
    for _ in range(FUZZ):
        value = put_together(chance, 3)
        assert_no_error_of_ours(judged(judge, exercise, place, value), value)


def put_together(chance, depth):
    """Return an expression for a random value."""
    if not depth or chance.random() < 0.3:
        return chance.choice((*LEAVES, random_array(chance)))
    items = [put_together(chance, depth - 1) for _ in range(chance.randrange(4))]
    match chance.randrange(4):
        case 0:
            return f"[{', '.join(items)}]"
        case 1:
            return f"({', '.join(items)}{',' * bool(items)})"
        case 2:
            keys = chance.sample(["'W1'", "'b1'", "'W2'", "'b2'", "0", "-1", "(1, 2)"], len(items))
            pairs = zip(keys, items, strict=True)
            return f"{{{', '.join(f'{key}: {item}' for key, item in pairs)}}}"
        case _:
            return random_array(chance)


def random_array(chance):
    """Return an expression for an array of any kind and shape."""
    shape = tuple(chance.choice((0, 1, 1, 2, 3, 4, 5, 300)) for _ in range(chance.randrange(4)))
    kind = chance.choice(("f8", "f4", "f2", "g", "c16", "?", "u1", "i8", "u8", ">f8", "O", "U3"))
    value = chance.choice(("1", "0", "np.nan", "np.inf", "5e-324", "1e308", "255"))
    if kind in ("?", "u1", "i8", "u8"):
        value = chance.choice(("0", "1", "255"))
    return f"np.full({shape}, {value}, {kind!r})"
