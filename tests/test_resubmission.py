"""A learner who hands in again what they have read: it earns no point that zeros do not earn.

The attacker solves nothing. Each answer of theirs is a number that stands for the inputs, so that a
report which shows the answer beside the expected value also shows to which inputs that belongs. The
values go into a table, and the next attempt answers from it. With what an instructor reads, the
attack works. Reports for learners show values of the public inputs only.
"""

import ast
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.gradebook.rows import Row
from grader.judging.judge import Judge
from grader.messages.language import ENGLISH
from grader.reports.formats import feedback, github, gradescope, html_page, json_file
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine

COURSE = find_course(Path(__file__))
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)
NAMES = ("01", "03", "05", "06", "11")  # one of each kind; 07 is trained for too long
ATTEMPTS = 15

# What is put before the classes of the attacker.
TABLE = """
import hashlib, math, numpy

TABLE = @TABLE@
MARKED = @MARKED@


def flat(values):
    for value in values:
        if isinstance(value, dict):
            yield from flat(value.values())
        elif isinstance(value, (list, tuple)):
            yield from flat(value)
        elif isinstance(value, (numpy.ndarray, numpy.generic, int, float)):
            yield numpy.asarray(value)


def answer(slot, seen, shape):
    digest = hashlib.sha256(slot.encode())
    for one in seen:
        digest.update(one.tobytes())
    mark = 100_000 + int(digest.hexdigest(), 16) % 900_000
    value = numpy.full(shape, float(mark if MARKED else 0))
    if str(mark) in TABLE:
        shape, numbers = TABLE[str(mark)]
        value = numpy.reshape(numpy.array(numbers, float), shape)
    return float(value) if value.ndim == 0 else value


def pretend(f, x):
    # Nudge each entry up and down, as if the numbers that come back were used.
    for index in numpy.ndindex(x.shape):
        before = x[index]
        for step in (1e-4, -1e-4):
            x[index] = before + step
            f(x)
        x[index] = before


def called(itself, slot, given, returns):
    mine = {} if itself is None else itself.__dict__
    unset = mine.setdefault("_unset", [name for name, value in mine.items() if value is None])
    last = mine.get("_last", [])
    fixed = [value for name, value in sorted(mine.items()) if name not in (*unset, "_last")]
    seen = list(flat([given, last, fixed]))
    mine["_last"] = given
    if given and callable(given[0]):
        pretend(*given)
    for name in unset:
        mine[name] = answer(name, seen, (1,))
    if returns == "float":
        return answer(slot, seen, ())
    if returns.startswith("dict"):
        return {key: answer(slot + key, seen, value.shape) for key, value in itself.params.items()}
    if returns.startswith("tuple"):
        return tuple(answer(f"{slot}{n}", seen, ()) for n in range(2))
    return answer(slot, seen, seen[0].shape if seen else ())
"""

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
BLOCK = re.compile(
    r"^returned  (?P<returned>.*?)^expected  (?P<expected>.*?)"
    r"(?:^differs   (?P<differs>.*?))?(?=^(?:hint|mistake|perhaps|checked)|^\S+\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
FIRST = re.compile(rf"first at \[([\d, ]*)\]:\s+({NUMBER})\s+instead\s+of\s+({NUMBER})")
SHAPE = re.compile(r"\A\w+, shape \(([\d, ]*)\):?")


def table_code(solution, table, *, marked):
    """The solution with a lookup in place of every body."""
    tree = ast.parse(solution.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            names = [one.arg for one in node.args.args]
            itself = "self" if names[:1] == ["self"] else "None"
            given = "".join(f"{name}, " for name in names if name != "self")
            returns = ast.unparse(node.returns) if node.returns else ""
            body = f"return called({itself}, {node.name!r}, ({given}), {returns!r})"
            node.body = ast.parse(body).body
    prelude = TABLE.replace("@TABLE@", repr(table)).replace("@MARKED@", repr(marked))
    return replace(solution, text=f"{prelude}\n{ast.unparse(tree)}")


def numbers_in(text):
    return [float(one) for one in re.findall(NUMBER, text)]


def learn(table, told):
    """Put the values that a report shows into the table."""
    for block in BLOCK.finditer(told):
        wanted, shape = block["expected"].strip(), []
        if found := SHAPE.match(wanted):
            shape = [int(one) for one in found[1].split(",") if one.strip()]
            wanted = wanted[found.end() :]
        numbers = numbers_in(wanted)
        first = FIRST.search(block["differs"] or "")
        mark = mark_in(table, block["returned"], first)
        if mark is None:
            continue
        if str(mark) not in table and len(numbers) == math.prod(shape):
            table[str(mark)] = (shape, numbers)
        if first and str(mark) in table:
            shape, numbers = table[str(mark)]
            numbers[place_of(first, shape)] = float(first[3])


def mark_in(table, returned, first):
    """The number of the inputs: itself an answer, or what an earlier answer was kept under."""
    marks = [int(n) for n in numbers_in(SHAPE.sub("", returned)) if 100_000 <= n < 1_000_000]
    if marks:
        return marks[0]
    if first is None:
        return None
    for mark, (shape, numbers) in table.items():
        place = place_of(first, shape)
        if place >= 0 and math.isclose(numbers[place], float(first[2]), rel_tol=1e-7):
            return mark
    return None


def place_of(first, shape):
    """The index of the first wrong value, in an array that is flattened."""
    index = [int(one) for one in first[1].split(",")]
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        return -1
    place = 0
    for i, n in zip(index, shape, strict=True):
        place = place * n + i
    return place


def read_by_learners(row):
    """All texts of all reports that a learner may get to read."""
    page = re.search(r'id="data">(.*?)</script>', html_page.render([row]), re.DOTALL)[1]
    yield from json.loads(page)["texts"]
    yield from (one["output"] for one in json.loads(gradescope.render(row, steps=2))["tests"])
    yield github.render([row], is_class=False).replace("\n  ", "\n")
    yield from feedback.render([row], 2, COURSE, ENGLISH).values()


def read_by_instructors(row):
    (found,) = json.loads(json_file.render([row]))["submissions"]
    yield from (spec["message"] for one in found["exercises"] for spec in one["specs"])


@pytest.fixture(scope="module")
def judge():
    exercises = [COURSE.named(name) for name in NAMES]
    return Judge(COURSE, exercises, secret="hidden from learners", confined=can_confine())


def drawing(exercise):
    """The names of the specs that draw inputs; those of the others are in the handout anyway."""
    return {
        node.name
        for node in ast.parse(exercise.spec.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and {"rng", "exercise_rng"} & {one.arg for one in node.args.args}
    }


def hand_in(judge, name, table, *, marked=True):
    """The verdict on an attempt, and the names of the specs with hidden inputs that pass."""
    exercise = COURSE.named(name)
    code = table_code(REFERENCE[exercise.module], table, marked=marked)
    verdict = judge.judge(Submission("eve", {**REFERENCE, exercise.module: code}, (exercise,)))
    specs = verdict.exercises[0].specs
    return verdict, {one.name for one in specs if one.passed} & drawing(exercise)


def attack(judge, name, read):
    """Hand in up to `ATTEMPTS` times; return what passed at best, and the last table."""
    table, best = {}, set()
    for _ in range(ATTEMPTS):
        verdict, kept = hand_in(judge, name, table)
        best |= kept
        before = repr(table)
        for told in read(Row("eve", verdict)):
            learn(table, told)
        if repr(table) == before:
            break
    return best, table


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_what_learners_read_earns_no_point_when_it_is_handed_in(judge, name):
    """No promise with hidden inputs is kept that zeros would not keep."""
    _, zeros = hand_in(judge, name, {}, marked=False)
    best, table = attack(judge, name, read_by_learners)
    assert table, "the attacker has read nothing at all"
    assert best <= zeros


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["01", "05"])
def test_the_attack_works_with_what_instructors_read(judge, name):
    """Otherwise the attack above would prove nothing."""
    _, zeros = hand_in(judge, name, {}, marked=False)
    best, _ = attack(judge, name, read_by_instructors)
    assert best - zeros
