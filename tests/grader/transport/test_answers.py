"""Lazy answers: requests are sent together, yet each spec behaves as if they were immediate."""

import operator
from collections import ChainMap
from contextlib import suppress
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.limits import Limits
from grader.specs.assertions import Mismatch, assert_matches
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import (
    Crashed,
    Handle,
    Student,
    StudentError,
    TimedOut,
    likely_cause,
    settle,
)
from grader.worker.module_loader import importable
from grader.worker.source import Source

CODE = """
import os
import time
import numpy as np

done = []
kept = np.zeros(2)

class Box:
    def __init__(self, value=0.0):
        done.append("box")
        self.value, self.log, self.last, self.Last = value, [], None, None
        self.array = np.full(2, value)
        self.held = self.array

    def put(self, value):
        done.append("put")
        self.value = value
        self.array += value
        return self.array

    def set_last(self, value):
        self.Last = value

    @property
    def broken(self): return self.nowhere

def note(word):
    print(word)
    done.append(word)
    return word
def fail(word):
    raise ValueError(word)
def write(value):
    kept[...] = value
    return kept
def fill(array):
    array[...] = 7
    return array
def box_in_list(value): return [Box(value)]
def put_into(boxes, value):
    boxes[0].value = value
def value_of(box): return box.value
def values(*args): return args
def first_of(values): return values[0]
def total(*args, **kwargs): return float(sum(map(np.sum, [*args, *kwargs.values()])))
def nothing(): pass
def nest(depth): return [nest(depth - 1)] if depth else 1.0
def apply(f, *args): return f(*args)
def keep(f):
    global function
    function = f
def call_kept(*args): return function(*args)
def leave(): os._exit(3)
def loop():
    while True: pass
def nap(seconds): time.sleep(seconds)
def large(megabytes): return np.zeros(megabytes << 17)
def pair(): return 3.0, np.arange(3.0)
def table(): return {"W": np.ones((2, 2)), "b": 4}
def text(): return "text"
def number(): return 5
def matrix(): return np.array([[1.0, 2.0], [3.0, 4.0]])
"""
SOURCES = {"layers": Source("/submission/layers.py", dedent(CODE))}


@pytest.fixture(params=["in process", "judged"])
def transport(request):
    """A transport to the module that counts exchanges."""
    if request.param == "judged":
        with Counted(SOURCES, limits=Limits(call_seconds=1)) as judged:
            yield judged
    else:
        with importable(SOURCES):
            yield InProcess(SOURCES)


@pytest.fixture
def learner(transport):
    """The module behind the transport."""
    return Student(transport, "layers", 0)


@pytest.fixture
def judged():
    """The module in a worker process."""
    with Counted(SOURCES, limits=Limits(call_seconds=1)) as judged:
        yield Student(judged, "layers", 0)


class Counted(Judged):
    """A transport that records how many requests each exchange sends."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sent = []

    def exchange(self, requests, call_back):
        if requests:
            self.sent.append(len(requests))
        return super().exchange(requests, call_back)


def as_a_spec(function):
    """Run a function as pytest runs a spec, with nothing around it that catches exceptions."""
    world = {"__name__": "_pytest.python", "function": function}
    exec("def run():\n    return function()", world)
    return world["run"]()


def failure_of(function, student):
    """Return the exception that ends a spec."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        run(function, student)
    return caught.value


def run(function, student):
    """Run a spec to its end."""
    try:
        as_a_spec(function)
    except Exception:
        settle(student)
        raise
    settle(student)


# Pending requests


def test_what_a_spec_asks_for_is_sent_together(judged):
    """All kinds of requests, as long as the spec does not use an answer."""

    def spec():
        box = judged.Box(1.0)
        assert_matches(box.put(2.0), np.full(2, 3.0), "put(2)")
        box.array[...] = 0.0
        assert_matches(box.held, np.zeros(2), "held")
        assert_matches((box.put(1.0), 5), (np.ones(2), 5), "both")
        assert judged._transport.sent == []

    run(spec, judged)
    assert judged._transport.sent == [5]


def test_what_is_never_looked_at_is_done_at_the_end(learner):
    """Exactly once, and in the order of the spec."""
    learner.note("one")
    learner.Box()
    learner.note("two")
    settle(learner)
    settle(learner)
    assert learner.done[...][-3:] == ["one", "box", "two"]


def test_an_answer_does_not_change_when_a_later_one_is_made(learner):
    """Each answer is copied before the next call, which may write into the array."""
    answers = [learner.write(1.0), learner.write(2.0), learner.write(3.0)]
    assert [one.tolist() for one in answers] == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]


def test_a_check_is_of_the_value_at_its_place(learner):
    """A later call changes the value behind the handle, but not the value that is checked."""

    def spec():
        box = learner.Box(1.0)
        assert_matches(box.array, np.full(2, 1.0), "array")
        box.put(2.0)
        assert_matches(box.array, np.full(2, 3.0), "array")
        box.array[...] = 0.0
        assert_matches(box.array, np.full(2, 0.0), "array")

    run(spec, learner)


def test_what_is_expected_is_what_it_was_at_the_check(learner):
    """The spec may reuse its arrays before the comparison is made."""

    def spec():
        box, expected = learner.Box(), np.ones(2)
        wanted = {"a": [expected]}
        assert_matches(box.put(1.0), expected, "array")
        assert_matches({"a": [box.put(0.0)]}, wanted, "dict")
        expected[...] = 5.0
        wanted["a"] = []

    run(spec, learner)


def test_two_answers_can_be_compared_with_each_other(learner):
    """The expected value may be pending too."""

    def spec():
        box = learner.Box()
        first = box.put(1.0)
        assert_matches(first, box.put(0.0), "the same")
        assert_matches(np.ones(2), first, "first")

    run(spec, learner)
    error = failure_of(lambda: assert_matches(2.0, learner.number(), "number"), learner)
    assert (error.returned, error.expected) == (2.0, 5)


def test_what_is_sent_together_has_a_limit(judged):
    """The limit of a frame applies to each request, as if it were sent alone."""

    def spec():
        total = 0.0
        for _ in range(5):
            judged.total(np.ones(1 << 20))
        for number in range(500):
            total += number
            judged.note(str(number))

    run(spec, judged)
    assert judged._transport.sent[:5] == [1, 1, 1, 1, 1]
    assert sum(judged._transport.sent) == 505
    assert judged.done[...][-500:] == list(map(str, range(500)))


def test_answers_are_limited_one_by_one(judged):
    """Together, answers may be larger than a frame."""

    def spec():
        one, other = judged.large(3), judged.large(3)
        assert len(one) == len(other) == 3 << 17

    run(spec, judged)
    assert judged._transport.sent == [2]


@pytest.mark.parametrize("depth", [1, 11, 12, 13, 40])
def test_deep_answers_can_be_passed_on(learner, depth):
    """They can be passed on before and after they have arrived."""

    def spec():
        answer = learner.nest(depth)
        passed = learner.first_of([answer])
        assert repr(passed) == repr(answer) == repr(learner.first_of([answer]))

    run(spec, learner)


# Failures


def test_an_exception_is_raised_where_the_answer_is_used(learner):
    """It carries the report of the call that raised it."""
    lines = []

    def spec():
        answer = learner.fail("here")
        lines.append("called")
        assert answer == 1.0
        lines.append("looked")

    error = failure_of(spec, learner)
    assert (error.report.type, str(error.report.message)) == ("ValueError", "here")
    assert error.report.frames[-1].code == "raise ValueError(word)"
    assert lines == ["called"]


def test_nothing_is_done_after_a_call_that_fails(learner):
    """Not even requests that were sent with it are performed."""

    def spec():
        learner.note("before")
        learner.fail("here")
        learner.note("after")
        learner.kept[...] = 5.0
        settle(learner)

    assert str(failure_of(spec, learner).report.message) == "here"
    assert learner.done[...][-1] == "before"
    assert learner.kept[...].max() < 5.0


def test_the_first_failure_is_reported(learner):
    """It may be a mismatch, or an exception of the learner's code or of the spec."""

    def value():
        assert_matches(learner.number(), 6, "number")

    def raises():
        learner.fail("here")

    def of_the_spec():
        raise KeyError("mine")

    def fine():
        assert_matches(learner.number(), 5, "number")

    kinds = {value: Mismatch, raises: StudentError, of_the_spec: KeyError}
    for first in kinds:
        for second in kinds:

            def spec(first=first, second=second):
                fine()
                first()
                fine()
                second()

            assert type(failure_of(spec, learner)) is kinds[first]


def test_a_wrong_value_is_reported_before_a_later_crash_or_loop(judged):
    """The later request may have been sent with it."""
    for after in (judged.leave, judged.loop):
        student = Student(judged._transport, "layers", 0)

        def spec(student=student, after=after):
            assert_matches(student.number(), 6, "number")
            getattr(student, after._place.steps[0][1])()

        assert isinstance(failure_of(spec, student), Mismatch)
        again = Student(judged._transport, "layers", 0)
        assert again.number() == 5


def test_a_crash_or_a_loop_is_reported_if_all_earlier_values_are_right(judged):
    """The worker is then lost."""
    for name, kind in (("leave", Crashed), ("loop", TimedOut)):
        student = Student(judged._transport, "layers", 0)

        def spec(student=student, name=name):
            assert_matches(student.number(), 5, "number")
            getattr(student, name)()
            assert_matches(student.number(), 6, "number")

        assert isinstance(failure_of(spec, student), kind)


def test_each_call_has_its_own_limit_of_time(judged):
    """Calls that are sent together have separate limits too."""

    def spec():
        naps = [judged.nap(0.6) for _ in range(3)]
        assert naps == [None, None, None]

    run(spec, judged)
    assert judged._transport.sent == [3]


def test_output_after_a_wrong_value_is_dropped(learner, capsys):
    """The result is that of a spec that never made the call."""

    def spec():
        learner.note("before")
        assert_matches(learner.number(), 6, "number")
        learner.note("after")

    failure_of(spec, learner)
    way = learner._transport
    told = way.take_output() if isinstance(way, Judged) else capsys.readouterr().out
    assert told == "before\n"


def test_after_a_wrong_value_no_answer_is_taken_for_another(judged):
    """Answers that are no longer needed are received and dropped."""

    def spec():
        assert_matches(judged.number(), 6, "number")
        for _ in range(5):
            judged.note("after")
            judged.apply(judged.text)

    assert isinstance(failure_of(spec, judged), Mismatch)
    worker = judged._transport._worker
    assert judged.text() == "text"
    assert judged._transport._worker is worker


def test_an_attribute_that_is_none_is_reported_with_what_was_set_by_then(learner):
    """Attributes that were set later are not mentioned."""

    def spec():
        box = learner.Box()
        assert_matches(box.last, 1.0, "last")
        box.set_last(2.0)

    error = failure_of(spec, learner)
    assert str(error.difference) == "it is still None: nothing was assigned to it"
    assert "Last" not in error.missing.names

    def spec():
        box = learner.Box()
        box.set_last(2.0)
        assert_matches(box.last, 1.0, "last")

    assert "Last" in failure_of(spec, learner).missing.names


def test_shared_state_is_searched_among_objects_made_before_the_failure(learner):
    """A single object shares nothing."""

    def one():
        box = learner.Box()
        assert_matches(box.value, 1.0, "value")
        learner.Box()

    def two():
        learner.Box()
        one()

    assert isinstance(failure_of(one, learner), Mismatch)
    assert likely_cause(learner, "test_Box") == ""
    again = Student(learner._transport, "layers", 0)
    learner = again
    assert isinstance(failure_of(two, learner), Mismatch)
    told = "kept is a global of layers.py: all objects share it"
    assert str(likely_cause(learner, "test_Box")) == told


def test_an_answer_that_never_came_raises_what_prevented_it(learner):
    """It does so on each use."""
    failed, after = [], []

    def spec():
        failed.append(learner.fail("here"))
        after.append(learner.number())

    failure_of(spec, learner)
    for answer in (*failed, *after):
        with pytest.raises(StudentError, match="here"):
            answer + 1
        with pytest.raises(StudentError, match="here"):
            learner.values(answer)


# Immediate requests


def test_an_exception_can_be_expected(learner):
    """`pytest.raises` works as in any test; the spec need not use the answer."""

    def spec():
        learner.note("before")
        with pytest.raises(StudentError, match="first"):
            learner.fail("first")
        with pytest.raises(Mismatch):
            assert_matches(learner.number(), 6, "number")
        with pytest.raises(StudentError, match="nowhere"):
            assert_matches(learner.Box().broken, 6, "broken")
        try:
            learner.fail("second")
        except StudentError:
            learner.note("caught")
        pytest.raises(StudentError, learner.fail, "third")  # noqa: RUF061
        with suppress(StudentError):
            learner.kept["no"] = 5.0
            learner.note("not done")
        learner.note("last")

    run(spec, learner)
    words = [word for word in learner.done[...] if word not in ("box", "put")]
    assert words[-3:] == ["before", "caught", "last"]


def test_what_fails_before_it_is_expected_ends_the_spec(learner):
    """The failure belongs to an earlier line, which is not inside the ``with`` statement."""

    def spec():
        learner.fail("first")
        with pytest.raises(StudentError):
            learner.fail("second")

    assert str(failure_of(spec, learner).report.message) == "first"

    def spec():
        assert_matches(learner.number(), 6, "number")
        with suppress(AssertionError):
            learner.note("after")

    assert isinstance(failure_of(spec, learner), Mismatch)


def test_a_function_of_the_spec_is_called_when_it_is_passed(learner):
    """The spec sees its effects at once."""
    seen = []

    def spec():
        learner.apply(seen.append, 1.0)
        assert seen == [1.0]
        learner.keep(seen.append)
        learner.call_kept(2.0)
        assert seen == [1.0, 2.0]

    run(spec, learner)


def test_a_function_of_the_spec_can_use_earlier_answers(learner):
    """Its own requests are performed before it returns."""
    box = learner.Box(1.0)
    before = box.put(1.0)

    def f():
        box.array[...] = before + 1
        box.set_last(3.0)
        return box.array

    def spec():
        assert learner.apply(f).tolist() == [3.0, 3.0]
        assert box.Last[...] == 3.0

    run(spec, learner)


def test_an_answer_is_not_there_before_its_call_has_ended(learner):
    """A function of the spec that uses it gets an exception that says so."""
    answers = []

    def spec():
        answers.append(learner.keep(lambda: answers[-1] + 1))
        answers.append(learner.number())
        answers.append(None)
        learner.call_kept()

    assert isinstance(failure_of(spec, learner), TypeError | StudentError)


# Answers as values


@pytest.mark.parametrize(
    "use",
    [
        *(lambda x, f=f: f(x, 2) for f in (operator.add, operator.sub, operator.mul)),
        *(lambda x, f=f: f(2, x) for f in (operator.truediv, operator.floordiv, operator.mod)),
        *(lambda x, f=f: f(x, x) for f in (operator.pow, operator.and_, operator.or_, divmod)),
        *(lambda x, f=f: f(x, 5) for f in (operator.eq, operator.ne, operator.lt, operator.ge)),
        *(lambda x, f=f: f(5, x) for f in (operator.eq, operator.xor, operator.le, divmod)),
        *(operator.neg, operator.pos, operator.abs, operator.invert, operator.index),
        *(bool, int, float, complex, str, repr, hash, round),
        *(lambda x: f"{x:03}", lambda x: [10, 20, 30, 40, 50, 60][x], lambda x: range(x)),
        *(lambda x: max(x, 7) + 0, np.asarray, np.sqrt, lambda x: np.ones(2) * x),
        *(lambda x: isinstance(x, int | float), lambda x: x.real, lambda x: x in (4, 5)),
        *(lambda x: np.add(x, x), lambda x: np.full(2, x), lambda x: np.isclose(x, 5)),
        *(lambda x: {5: "five"}[x], lambda x: np.array([x, x]), lambda x: np.float64(2) - x),
    ],
)
def test_a_number_is_computed_with(learner, use):
    """The result is that of the number itself."""
    found, expected = use(learner.number()), use(5)
    assert type(found) is type(expected)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    "use",
    [
        *(lambda x: x + np.ones(2), lambda x: np.ones(2) - x, lambda x: x @ x, lambda x: -x),
        *(lambda x: np.eye(2) @ x, lambda x: x == x.T, lambda x: x[0], lambda x: x[..., 0]),
        *(lambda x: x[x > 2], lambda x: list(x[0]), len, lambda x: x.shape, lambda x: x.dtype),
        *(np.sum, np.mean, np.abs, np.transpose, lambda x: np.concatenate([x, x])),
        *(lambda x: np.where(x > 1, x, 0), lambda x: np.maximum(x, 2), lambda x: x.astype(int)),
        *(lambda x: np.linalg.norm(x), lambda x: np.array_equal(x, x), lambda x: x.tolist()),
        *(lambda x: np.testing.assert_allclose(x, [[1, 2], [3, 4]]), lambda x: np.sort(x)),
        *(lambda x: np.add.reduce(x), lambda x: np.einsum("ij->j", x), lambda x: 2.0 in x),
        *(lambda x: isinstance(x, np.ndarray), lambda x: np.array(x, dtype=int)),
    ],
)
def test_an_array_is_used_as_one(learner, use):
    """It works in arithmetic, in NumPy's functions, by index and by attribute."""
    found, expected = use(learner.matrix()), use(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert type(found) is type(expected)
    assert np.array_equal(found, expected)


def test_containers_are_unpacked_and_indexed(learner):
    """For example, `dx, dy = layer.backward(dout)`."""
    number, array = learner.pair()
    assert (number, array.tolist()) == (3.0, [0.0, 1.0, 2.0])
    pair = learner.pair()
    assert isinstance(pair, tuple)
    assert (len(pair), pair[0], sum(pair[1])) == (2, 3.0, 3.0)
    table = learner.table()
    assert {*table} == {"W", "b"}
    assert "W" in table
    assert [*reversed(table)] == ["b", "W"]
    assert ChainMap({}, table)["b"] == table["b"] == 4
    match learner.pair()[...]:
        case (3.0, np.ndarray()):
            pass
        case _:
            pytest.fail("it is a pair")


def test_a_missing_part_of_an_answer_raises_what_the_value_would_raise(learner):
    """The exception and its message are those of the value itself."""
    with pytest.raises(AttributeError) as caught:
        _ = learner.number().shape
    assert caught.value.obj == 5
    with pytest.raises(TypeError, match="NoneType"):
        _, _ = learner.nothing()
    with pytest.raises(IndexError):
        _ = learner.pair()[2]
    with pytest.raises(ValueError, match="read-only"):
        learner.matrix()[0] = 1


@pytest.mark.parametrize("name", ["number", "text", "matrix", "pair", "table", "nothing"])
def test_the_value_itself_can_be_had(learner, name):
    """`answer[...]` is for `is`, and for code that checks the exact type."""
    value = getattr(learner, name)()[...]
    assert type(value) in (int, str, np.ndarray, tuple, dict, type(None))
    assert type(value) is getattr(learner, name)().__class__


def test_an_object_that_is_answered_is_a_handle(learner):
    """It can be used and passed on like any handle."""
    (box,) = learner.box_in_list(2.0)
    assert isinstance(box, Handle)
    assert box.value[...] == 2.0
    box = learner.apply(learner.Box, 3.0)
    assert isinstance(box, Handle)
    assert box.put(1.0).tolist() == [4.0, 4.0]
    box.array[...] = 0.0
    assert box.held[...].tolist() == [0.0, 0.0]
    assert learner.value_of(box) == 1.0
    with pytest.raises(TypeError, match="a handle is not compared"):
        _ = learner.apply(learner.Box) == 1.0


# Answers as arguments


def test_an_answer_is_passed_on_without_being_fetched(judged):
    """The learner's code gets a copy, as if the spec had fetched and sent it."""

    def spec():
        box = judged.Box(1.0)
        array = box.put(1.0)
        filled = judged.fill(array)
        assert_matches(filled, np.full(2, 7.0), "filled")
        assert_matches(judged.total(filled, more=judged.fill(box.put(0.0))), 28.0, "total")
        assert_matches(box.array, np.full(2, 2.0), "array")
        assert_matches(array, np.full(2, 2.0), "the answer")
        box.array[...] = array
        assert_matches(box.held, np.full(2, 2.0), "held")

    run(spec, judged)
    assert judged._transport.sent == [9]


def test_an_answer_can_be_passed_on_at_any_time(learner):
    """It works before and after it has arrived."""

    def spec():
        array = learner.Box(1.0).put(1.0)
        before = learner.fill(array)
        assert array.tolist() == [2.0, 2.0]
        assert before.tolist() == learner.fill(array).tolist() == [7.0, 7.0]
        assert learner.values([array], learner.pair())[0][0].tolist() == [2.0, 2.0]

    run(spec, learner)


def test_an_object_in_an_answer_is_itself_when_it_is_passed_on(learner):
    """It is passed by reference, not as a copy."""

    def spec():
        box = learner.Box(1.0)
        boxes = learner.values(box)
        learner.put_into(boxes, 4.0)
        assert_matches(box.value, 4.0, "value")

    run(spec, learner)


# Random specs


class PlainBox:
    """A box of the module, which returns copies only."""

    def __init__(self, box):
        self.box = box

    def put(self, value):
        return self.box.put(np.copy(value)).copy()

    @property
    def array(self):
        return self.box.array

    @property
    def held(self):
        return self.box.held


class Plain:
    """The module in plain Python, where each line is executed at once."""

    def __init__(self):
        self.world = {}
        exec(dedent(CODE), self.world)
        self.done = self.world["done"]

    def Box(self, value):
        return PlainBox(self.world["Box"](value))

    def __getattr__(self, name):
        return lambda *args: np.copy(self.world[name](*map(np.copy, args)))

    def note(self, word):
        return self.world["note"](word)

    def fail(self, word):
        return self.world["fail"](word)


NUMBERS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("make"), NUMBERS),
    st.tuples(st.just("put"), NUMBERS, NUMBERS),
    st.tuples(st.just("put answer"), NUMBERS, NUMBERS),
    st.tuples(st.just("fill"), NUMBERS),
    st.tuples(st.just("write"), NUMBERS),
    st.tuples(st.just("note"), NUMBERS),
    st.tuples(st.just("assign"), NUMBERS, NUMBERS),
    st.tuples(st.just("assign answer"), NUMBERS, NUMBERS),
    st.tuples(st.just("read"), NUMBERS),
    st.tuples(st.just("look"), NUMBERS),
    st.tuples(st.just("check"), NUMBERS),
    st.tuples(st.just("check attribute"), NUMBERS),
    st.tuples(st.just("catch"), NUMBERS),
    st.tuples(st.just("fail"), NUMBERS),
    st.tuples(st.just("check wrongly"), NUMBERS),
    st.tuples(st.just("raise"), NUMBERS),
)


class Program:
    """A spec: it makes boxes, calls, assigns, reads, compares; and what was seen of that."""

    def __init__(self, module, expected=None):
        self.module = module
        self.trace = []
        self.values = iter(expected or ())  # what is compared, in turn: it is known beforehand
        self.compared = []
        self.is_plain = expected is None

    def run(self, steps):
        self.boxes = [self.module.Box(1.0), self.module.Box(2.0)]
        self.answers = [self.module.write(0.5)]
        for what, *numbers in steps:
            getattr(self, what.replace(" ", "_") + "_")(*numbers)

    def box(self, number):
        return self.boxes[number % len(self.boxes)]

    def answer(self, number):
        return self.answers[-1 - number % len(self.answers)]

    def compare(self, value, error=0.0):
        if self.is_plain:
            self.compared.append(np.copy(value))
            assert not error
        else:
            assert_matches(value, next(self.values) + error, "value")

    def make_(self, value):
        self.boxes.append(self.module.Box(float(value)))

    def put_(self, number, value):
        self.answers.append(self.box(number).put(float(value)))

    def put_answer_(self, number, other):
        self.answers.append(self.box(number).put(self.answer(other)))

    def fill_(self, number):
        self.answers.append(self.module.fill(self.answer(number)))

    def write_(self, value):
        self.answers.append(self.module.write(float(value)))

    def note_(self, value):
        self.module.note(f"note {value}")

    def assign_(self, number, value):
        self.box(number).array[value % 2] = float(value)

    def assign_answer_(self, number, other):
        self.box(number).held[...] = self.answer(other)

    def read_(self, number):
        self.trace.append(self.box(number).array[...].tolist())

    def look_(self, number):
        self.trace.append(self.answer(number).tolist())

    def check_(self, number):
        self.compare(self.answer(number))

    def check_attribute_(self, number):
        self.compare(self.box(number).held)

    def check_wrongly_(self, number):
        self.compare(self.answer(number), 1.0)

    def catch_(self, value):
        with suppress(StudentError, ValueError):
            self.module.fail("caught")
            self.module.note(f"not reached {value}")

    def fail_(self, value):
        self.module.fail(f"fails {value}")

    def raise_(self, value):
        raise KeyError(value)


def what_happens(module, steps, expected=None):
    """Return what a program observed, how it ended, and what it compared."""
    program, end = Program(module, expected), None
    try:
        if isinstance(module, Student):
            run(lambda: program.run(steps), module)
        else:
            program.run(steps)
    except (StudentError, ValueError) as error:
        end = str(error).removeprefix("ValueError: ")
    except (Exception, AssertionError) as error:
        end = "wrong" if isinstance(error, AssertionError) else type(error).__name__
    return program.trace, end, program.compared


def done_by(module):
    """Return what the module has recorded since the mark."""
    noted = list(module.done if isinstance(module, Plain) else module.done[...])
    return noted[len(noted) - noted[::-1].index("mark") :]


@pytest.fixture(scope="module")
def two_ways():
    """The module in a worker process and in this process."""
    with Judged(SOURCES) as judged, importable(SOURCES):
        yield judged, InProcess(SOURCES)


@settings(deadline=None, max_examples=200)
@given(st.lists(STEPS, max_size=30))
def test_a_program_does_what_it_does_in_plain_python(two_ways, steps):
    """Values, effects and end are the same, whatever requests are pending."""
    plain = Plain()
    plain.note("mark")
    expected, expected_end, compared = what_happens(plain, steps)
    for way in two_ways:
        student = Student(way, "layers", 0)
        student.note("mark")
        compared_again = [*compared, *[np.zeros(2)] * len(steps)]
        found, end, _ = what_happens(student, steps, compared_again)
        # The spec continues until it uses something that has not arrived.
        assert (found[: len(expected)], end) == (expected, expected_end)
        assert end or len(found) == len(expected)
        # A worker may have continued after a wrong value.
        if end != "wrong" or isinstance(way, InProcess):
            assert done_by(student) == done_by(plain)
