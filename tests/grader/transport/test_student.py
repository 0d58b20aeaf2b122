"""The facade that specs use, over both transports."""

import random
from contextlib import ExitStack
from textwrap import dedent

import numpy as np
import pytest

import grader.transport.student
from grader.course.course import Course, Exercise
from grader.mistakes.diagnosis import diagnose
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import Handle, Student, StudentError, TimedOut, settle
from grader.verdicts.verdict import Outcome
from grader.worker import wire
from grader.worker.loading.offer import Offer
from grader.worker.module_loader import importable
from grader.worker.source import Source

OFFER = Offer({"affine_of_mine": ("Affine",)})

TRANSPORTS = ("in process", "judged")

COMMON = """
import random
import numpy as np
import numpy.ma


class MulLayer:
    def __init__(self, scale=1.0):
        self.scale, self.x, self.missing = scale, None, None
        self.cache = {"x": np.arange(3.0), "note": "text", 1: (1, 2)}
        self.parts = [np.zeros(2), "second"]

    def forward(self, x, y=2.0, *, times=1):
        self.x = x
        return self.scale * x * y * times

    def seen(self):
        return self.x

    def start_afresh(self):
        self.cache = {"x": np.ones(2)}

    @property
    def doubled(self):
        return self.undefined * 2


class Net:
    def __init__(self):
        self.params = {"W": np.zeros((2, 3))}
        self.layers = [self.params["W"]]

    def predict(self, x):
        return x @ self.layers[0]


class Tagged(np.ndarray):
    pass


class Node:
    def __init__(self, value):
        self.value = value


def identity(x): return x
def describe(*args): return [type(arg).__name__ for arg in args]
def zero(x):
    x[...] = 0
    return x
def zero_all(x):
    for part in (x.values() if isinstance(x, dict) else x):
        part[...] = 0
    return x
def is_same(a, b): return a is b
def replace(items, key, value): items[key] = value
def nothing(): pass
def node(value): return Node(value)
def value_of(node): return node.value
def values_of(nodes): return [node.value for node in nodes]
def apply(f, *args, **kwargs): return f(*args, **kwargs)
def apply_to_node(f): return f(Node(3)).value
def swallow(f):
    try:
        f(1.0)
    except BaseException:
        pass
    return "swallowed"
def insist(f):
    while True:
        try:
            f(1.0)
        except RuntimeError:
            return "gave up"
def numerical_gradient(f, x, h=1e-4):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        x[i] = before + h
        above = f(x)
        x[i] = before - h
        below = f(x)
        x[i] = before
        gradient[i] = (above - below) / (2 * h)
    return gradient
def get_function(): return nothing
def write_result_of(f):
    x = f()
    x[...] = 7
    return x
def draw(rng): return rng.standard_normal(3)
def draw_globally(): return [random.random(), float(np.random.rand())]
def total(x): return float(x.sum())
def is_writable(x): return bool(x.flags.writeable)
def nest(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value
def nest_for(f, depth): return f(nest(depth))

ANSWERS = {
    "object array": lambda: np.array([None, 1]),
    "text array": lambda: np.array(["a"]),
    "record array": lambda: np.zeros(1, [("a", "f8")]),
    "date": lambda: np.datetime64("2000-01-01"),
    "huge": lambda: 10**30,
    "tagged": lambda: np.ones(3).view(Tagged),
    "matrix": lambda: np.asmatrix(np.ones((2, 2))),
    "masked": lambda: np.ma.masked_array([1.0, 2.0], [True, False]),
    "strided": lambda: np.arange(6.0).reshape(2, 3)[:, ::-2],
    "zero-d": lambda: np.array(2.5),
    "set": lambda: {1, 2},
    "generator": lambda: (i for i in range(2)),
    "odd dict": lambda: {(1, 2): 3},
    "class": lambda: MulLayer,
    "objects": lambda: [MulLayer(), {"a": (MulLayer(),)}],
}
def answer(name): return ANSWERS[name]()
"""


def source(name, text):
    """Return a module of a submission."""
    return Source(f"/submission/{name}.py", dedent(text))


@pytest.fixture(scope="module", params=TRANSPORTS)
def transport(request):
    """A transport to a module that has something of everything."""
    sources = {"common": source("common", COMMON)}
    if request.param == "judged":
        with Judged(sources) as judged:
            yield judged
    else:
        with importable(sources):
            yield InProcess(sources)


@pytest.fixture
def learner(transport):
    """The module behind the transport."""
    return Student(transport, "common", 0)


@pytest.fixture(params=TRANSPORTS)
def begin(request):
    """Start the given module, together with others that it may import."""
    with ExitStack() as stack:

        def begin(text, **others):
            sources = {
                name: code if isinstance(code, Source) else source(name, code)
                for name, code in {**others, "layers": text}.items()
            }
            if request.param == "judged":
                way = stack.enter_context(Judged(sources, offer=OFFER))
            else:
                stack.enter_context(importable(sources, OFFER))
                way = InProcess(sources)
            return Student(way, "layers", 0)

        yield begin


def report_of(call):
    """Return the report of the exception that ends a call."""
    with pytest.raises(StudentError) as caught:
        call()
    return caught.value.report


def write(handle, key, value):
    """Write into one of the learner's arrays in this process."""
    handle[key] = value
    settle(handle._student)


# Calls, attributes, items


def test_functions_classes_and_methods_are_called(learner):
    """Positional arguments, keyword arguments and defaults work."""
    layer = learner.MulLayer(scale=10.0)
    assert layer.forward(3.0) == 60.0
    assert layer.forward(3.0, 4.0) == 120.0
    assert layer.forward(y=4.0, x=3.0, times=2) == 240.0
    assert np.array_equal(layer.forward(np.ones(2), times=3), [60.0, 60.0])


def test_an_object_keeps_its_state_between_calls(learner):
    """Two instances do not share state."""
    one, other = learner.MulLayer(), learner.MulLayer()
    one.forward(1.0)
    other.forward(2.0)
    assert (one.seen(), other.seen()) == (1.0, 2.0)


def test_attributes_and_items_are_handles_whose_value_is_read(learner):
    """`handle[...]` reads the value; other values stay on the learner's side."""
    layer = learner.MulLayer(5.0)
    assert isinstance(layer.scale, Handle)
    assert layer.scale[...] == 5.0
    assert np.array_equal(layer.cache["x"][...], [0.0, 1.0, 2.0])
    assert layer.cache["note"][...] == "text"
    assert layer.cache[1][...] == (1, 2)
    assert layer.parts[-1][...] == "second"
    assert layer.cache["x"][1][...] == 1.0
    assert layer.missing[...] is None


def test_a_value_that_was_read_does_not_change_later(learner):
    """Reading returns a copy."""
    net = learner.Net()
    before = net.params["W"][...]
    net.params["W"][...] = np.ones((2, 3))
    assert not before.any()
    assert net.params["W"][...].all()


def test_assignment_reaches_the_array_that_the_object_holds(learner):
    """Writing is in place, so a layer that holds the same array sees it."""
    net = learner.Net()
    weights = np.arange(6.0).reshape(2, 3)
    net.params["W"][...] = weights
    assert np.array_equal(net.predict(np.eye(2)), weights)
    net.params["W"][1, 2] = -1.0
    assert net.predict(np.eye(2))[1, 2] == -1.0
    weights[...] = 100.0
    assert net.params["W"][...].max() < 100.0


def test_pending_requests_are_performed_in_order_with_the_arrays_as_they_were(learner):
    """The spec may reuse its arrays in the meantime."""
    net, x = learner.Net(), np.eye(2)
    net.params["W"][0, 0] = 1.0
    net.predict(x)
    weights = np.full((2, 3), 2.0)
    net.params["W"][...] = weights
    net.params["W"][1, 1] = 3.0
    weights[...] = x[...] = 100.0
    assert net.params["W"][...].tolist() == [[2.0, 2.0, 2.0], [2.0, 3.0, 2.0]]


def test_a_handle_is_looked_up_each_time_it_is_used(learner):
    """If the learner's code replaces an object, the handle refers to the new one."""
    layer = learner.MulLayer()
    x, seen = layer.cache["x"], layer.x
    assert x[...].size == 3
    assert seen[...] is None
    layer.start_afresh()
    layer.forward(5.0)
    assert x[...].tolist() == [1.0, 1.0]
    assert learner.total(x) == 2.0
    assert seen[...] == 5.0
    x[...] = 3.0
    assert layer.cache["x"][...].tolist() == [3.0, 3.0]


@pytest.mark.parametrize(
    "use",
    [
        lambda handle: handle(),
        lambda handle: handle[...],
        lambda handle: handle.further["on"][...],
        lambda handle: write(handle, ..., 1.0),
        lambda handle: write(handle, 0, 1.0),
    ],
    ids=["called", "read", "on the way", "written", "written in part"],
)
def test_what_is_missing_is_reported_when_it_is_used(learner, use):
    """Building a handle raises nothing; calling, reading and writing do."""
    missing = learner.MulLayer().nowhere
    report = report_of(lambda: use(missing))
    assert (report.type, str(report.message)) == ("AttributeError", "MulLayer has no nowhere")


def test_what_is_missing_is_reported_when_it_is_passed(learner):
    """It may be an argument, or the result of a function of the spec."""
    missing = learner.MulLayer().nowhere
    for use in (lambda: learner.identity(missing), lambda: learner.apply(lambda: [missing])):
        assert str(report_of(use).message) == "MulLayer has no nowhere"


def test_objects_can_be_passed_back(learner):
    """A handle as an argument, or within a container, is the object itself."""
    one, other = learner.node(1), learner.node(2)
    assert learner.value_of(one) == 1
    assert learner.value_of(node=other) == 2
    assert learner.values_of([one, other]) == [1, 2]
    assert learner.is_same(one, one)[...] is True
    assert learner.is_same(one, other)[...] is False


def test_an_array_of_the_learners_is_the_same_array_each_time(learner):
    """`student.array` creates it once; the spec sees what the learner writes into it."""
    values = np.ones(3)
    x = learner.array(values)
    assert learner.is_same(x, x)[...] is True
    learner.zero(x)
    assert not x[...].any()
    assert values.all()
    x[...] = 5.0
    assert learner.total(x) == 15.0


def test_a_dict_of_the_learners_is_the_same_dict_each_time(learner):
    """`student.mapping` creates it once, with copies of arrays and with objects of the learner's.

    What is under a key is looked up each time: the learner may have put another object there.
    """
    values, x = np.ones((2, 3)), learner.array(np.ones((2, 3)))
    made = learner.mapping({"values": values, "x": x, "view": x.T, "node": learner.node(4)})
    assert repr(made) == "<dict>"
    assert learner.is_same(made, made)[...] is True
    assert learner.is_same(made["x"], x)[...] is True
    assert learner.value_of(made["node"]) == 4
    learner.zero(made["values"])
    assert not made["values"][...].any()
    assert values.all()
    x[...] = np.arange(6.0).reshape(2, 3)
    assert learner.total(made["view"]) == 15.0
    learner.replace(made, "x", 2.5)
    assert made["x"][...] == 2.5
    assert learner.total(x) == 15.0


def test_a_function_of_the_learners_can_be_passed_around(learner):
    """A callable that is returned can be called and passed on."""
    function = learner.get_function()
    assert isinstance(function, Handle)
    assert function()[...] is None


# Lazy creation of objects

MADE = """
made = []
class Layer:
    def __init__(self, name):
        made.append(name)
        if name == "bad":
            raise ValueError("no layer")
    def forward(self):
        return made
"""


def test_an_object_is_made_together_with_the_next_request(begin):
    """Both are sent in the order of the spec, which saves half of the exchanges."""
    learner = begin(MADE)
    one, other = learner.Layer("one"), learner.Layer("other")
    assert learner.made[...] == ["one", "other"]
    assert other.forward() == one.forward() == ["one", "other"]


def test_a_constructor_that_fails_is_reported_where_its_object_is_used(begin):
    """It is reported with its own line, like any exception of the learner's code."""
    learner = begin(MADE)
    layer = learner.Layer("bad")
    report = report_of(layer.forward)
    assert (report.type, str(report.message)) == ("ValueError", "no layer")
    assert report.frames[-1].code == 'raise ValueError("no layer")'


def test_what_a_spec_makes_and_never_uses_is_made_at_its_end(begin):
    """No failure of a constructor goes unnoticed."""
    learner = begin(MADE)
    learner.Layer("one")
    settle(learner)
    assert learner.made[...] == ["one"]
    learner.Layer("bad")
    assert str(report_of(lambda: settle(learner)).message) == "no layer"
    settle(learner)  # and nothing is made twice


def test_a_function_whose_name_is_that_of_a_class_answers_when_it_is_read(begin):
    """Its result is read like any value, although the name looks like a class."""
    learner = begin("def Layer(): return 3.0")
    assert learner.Layer()[...] == 3.0
    assert report_of(lambda: learner.Layer().forward()).type == "AttributeError"


# Operations that a handle refuses


@pytest.mark.parametrize(
    "use",
    [
        lambda handle: handle == 1.0,
        lambda handle: handle != handle,
        lambda handle: handle == handle,
        lambda handle: np.ones(1) == handle,
        bool,
        lambda handle: not handle,
        iter,
        list,
        np.asarray,
        lambda handle: np.testing.assert_allclose(handle, 1.0),
        lambda handle: np.ones(1) + handle,
        hash,
        float,
        len,
        lambda handle: setattr(handle, "scale", 1.0),
    ],
)
def test_a_handle_does_not_stand_for_its_value(learner, use):
    """A spec that forgets `[...]` fails, rather than letting the learner's code compare."""
    with pytest.raises(TypeError):
        use(learner.MulLayer().scale)


def test_setting_an_attribute_leaves_the_object_alone(learner):
    """A spec must not change the learner's objects."""
    layer = learner.MulLayer(5.0)
    with pytest.raises(TypeError, match="scale"):
        layer.scale = 1.0
    assert layer.scale[...] == 5.0


def test_a_handle_is_shown_without_calling_the_learners_code(learner):
    """Messages show its type, or the last step of its path."""
    layer = learner.MulLayer()
    assert repr(layer) == "<MulLayer>"
    assert repr(layer.cache) == "<attribute cache>"
    assert repr(layer.cache["x"]) == "<item x>"
    assert repr(learner.nowhere) == "<attribute nowhere>"
    assert repr(learner.array(np.ones(2))) == "<ndarray>"


# Arguments


def test_arguments_are_private_and_writable(learner):
    """The textbook's ReLU may write into dout, and the spec's array does not change."""
    for values in (np.ones(3), np.ones((2, 3))[:, ::2], np.ones(3, ">f8"), np.array(1.0)):
        before = values.copy()
        assert not learner.zero(values).any()
        assert np.array_equal(values, before)


def test_read_only_arrays_arrive_writable(learner):
    """A read-only answer can therefore be passed on as an argument."""
    answer = learner.identity(np.ones(3))
    assert not learner.zero(answer).any()
    assert answer.all()


@pytest.mark.parametrize("wrap", [lambda *a: list(a), lambda *a: a, lambda *a: {"a": a[0]}])
def test_arrays_within_containers_are_private_and_writable_too(learner, wrap):
    """The kind of container does not matter."""
    one, other = np.ones(3), np.ones(2)
    learner.zero_all(wrap(one, other))
    assert one.all()
    assert other.all()


def test_arguments_arrive_as_what_they_are(learner):
    """Numbers, tuples and NumPy scalars keep their types."""
    given = (1, 1.0, True, None, "a", [1], (1,), {"a": 1}, np.float32(1), np.ones(1))
    assert learner.describe(*given) == [
        *("int", "float", "bool", "NoneType", "str", "list", "tuple", "dict"),
        *("float32", "ndarray"),
    ]


def test_a_random_generator_crosses_as_a_seed(learner):
    """Each call gets a different generator, and each run the same sequence of them."""
    rng = np.random.default_rng(5)
    first, second = learner.draw(rng), learner.draw(rng)
    assert not np.array_equal(first, second)
    again = np.random.default_rng(5)
    assert np.array_equal(first, learner.draw(again))
    assert np.array_equal(second, learner.draw(again))
    assert learner.describe(rng) == ["Generator"]


def test_a_shared_array_is_not_copied(learner):
    """It may be larger than a frame, arrives complete, and is read-only."""
    values = np.ones(wire.MAX_BLOB + 1, np.uint8)
    shared = learner.share(values)
    with pytest.raises(wire.WireError):
        learner.total(values)
    assert learner.total(shared) == wire.MAX_BLOB + 1
    assert learner.is_writable(shared)[...] is False


@pytest.mark.parametrize(
    "values",
    [
        np.arange(12.0).reshape(3, 4)[:, ::-2],
        np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        np.arange(4, dtype=">i2"),
    ],
)
def test_a_shared_array_has_its_shape_dtype_and_order(learner, values):
    """The memory layout in the spec does not matter."""
    answer = learner.identity(learner.share(values))
    assert answer.dtype == values.dtype
    assert np.array_equal(answer, values)


# Answers


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 2.5, -0.0, "text", "", [], (), {}),
        *([1, (2.0, {"a": None})], (1, 2), {"W": 1, 2: "b"}),
    ],
    ids=repr,
)
def test_plain_values_come_back_as_they_are(learner, value):
    """Type and value are kept, within containers too."""
    answer = learner.identity(value)[...]
    assert type(answer) is type(value)
    assert repr(answer) == repr(value)


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", ">f8", "i8", "u1", "?", "c16"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (0, 3)])
def test_arrays_come_back_with_their_dtype_and_shape(learner, dtype, shape):
    """All kinds of numbers keep both."""
    value = np.ones(shape, dtype)
    answer = learner.identity(value)[...]
    assert (answer.dtype, answer.shape) == (value.dtype, value.shape)
    assert np.array_equal(answer, value)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("name", ["tagged", "matrix", "masked", "strided", "zero-d"])
def test_arrays_come_back_read_only_and_of_the_base_class(learner, name):
    """A subclass with its own `==` does not reach the spec."""
    answer = learner.answer(name)[...]
    assert type(answer) is np.ndarray
    assert not answer.flags.writeable
    with pytest.raises(ValueError, match="WRITEABLE"):
        answer.flags.writeable = True


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("object array", "an array of dtype object, shape (2,)"),
        ("text array", "an array of dtype <U1, shape (1,)"),
        ("record array", "shape (1,)"),
        ("date", "datetime64"),
        ("huge", "an integer of more than 64 bits"),
    ],
)
def test_what_cannot_be_sent_is_described_in_words(learner, name, told):
    """A spec that compares it fails with this description."""
    answer = learner.answer(name)[...]
    assert isinstance(answer, wire.Opaque)
    assert told in answer.description


@pytest.mark.parametrize("depth", [1, 14, 15, 16, 17, 40])
def test_deep_answers_are_cut_alike(learner, depth):
    """Both transports give the same answer at any depth."""
    answer, levels = learner.nest(depth), 0
    while isinstance(answer, list):
        [answer], levels = answer, levels + 1
    assert answer == 1 or isinstance(answer, wire.Opaque)
    assert levels == depth or isinstance(answer, wire.Opaque)


@pytest.mark.parametrize("depth", [1, 13, 14, 15, 16, 17, 40])
def test_deep_arguments_of_a_callback_are_cut_alike(learner, depth):
    """An argument of the spec's function arrives, or is described in words."""
    assert learner.nest_for(lambda value: isinstance(value, list), depth)[...] is True


@pytest.mark.parametrize("name", ["set", "generator", "odd dict", "class"])
def test_other_objects_become_handles(learner, name):
    """The objects stay on the learner's side."""
    assert isinstance(learner.answer(name), Handle)


def test_objects_within_containers_become_handles(learner):
    """A list of layers is a list, a dict of layers is a dict."""
    one, rest = learner.answer("objects")
    assert one.forward(1.0) == 2.0
    assert rest["a"][0].forward(2.0) == 4.0


def test_a_function_without_return_answers_with_none(learner):
    """A spec can therefore detect a forgotten return."""
    assert learner.nothing()[...] is None


# Functions of the spec


def test_a_function_of_the_spec_is_called_back(learner):
    """It gets positional and keyword arguments, and its result arrives."""
    calls = []

    def f(*args, **kwargs):
        calls.append((args, kwargs))
        return 10.0

    assert learner.apply(f, 1.0, "a", key=(2,)) == 10.0
    assert calls == [((1.0, "a"), {"key": (2,)})]


def test_several_functions_are_told_apart(learner):
    """Each call reaches the function that was passed, even much later."""
    assert learner.apply(lambda: 1) == 1
    assert learner.apply(lambda f, g: None, 1, 2)[...] is None
    assert learner.apply(learner.apply, lambda: 2) == 2


def test_a_numerical_gradient_is_that_of_the_function(learner):
    """The exercise needs callbacks, and an array of the learner's that f reads."""
    x = learner.array(np.array([1.0, 2.0, 3.0]))
    gradient = learner.numerical_gradient(lambda _: float((x[...] ** 2).sum()), x)
    np.testing.assert_allclose(gradient, [2.0, 4.0, 6.0], atol=1e-6)
    assert np.array_equal(x[...], [1.0, 2.0, 3.0])


def test_a_callback_may_use_the_learners_objects(learner):
    """It may read, write and call while the learner's function waits for it."""
    net = learner.Net()

    def f(x):
        net.params["W"][...] = np.full((2, 3), x)
        return float(net.predict(np.ones((1, 2))).sum())

    assert learner.apply(f, 2.0) == 12.0
    assert learner.apply(lambda: learner.apply(lambda: learner.apply(f, 3.0) + 1)) == 19.0
    assert net.params["W"][...].max() == 3.0


def test_what_a_callback_gets_and_gives_is_private(learner):
    """The learner gets writable copies of results, the spec read-only copies of arguments."""
    seen, mine = [], np.ones(3)
    learner.apply(seen.append, np.ones(2))
    assert type(seen[0]) is np.ndarray
    assert not seen[0].flags.writeable
    assert (learner.write_result_of(lambda: mine) == 7).all()
    assert mine.all()


def test_a_callback_gets_objects_as_handles_and_may_return_them(learner):
    """An object that goes to the spec and back keeps its identity."""
    seen = []

    def f(node):
        seen.append(node.value[...])
        return node

    assert learner.apply_to_node(f) == 3
    assert seen == [3]


class SpecsOwnError(Exception):
    """An exception that only the spec raises."""


@pytest.mark.parametrize("error", [SpecsOwnError("mine"), AssertionError("mine")])
@pytest.mark.parametrize("function", ["apply", "swallow"])
def test_what_a_callback_raises_ends_the_spec(learner, error, function):
    """The spec raises that exception, even if the learner's code catches it."""

    def fail(*_):
        raise error

    with pytest.raises(type(error), match="mine") as caught:
        getattr(learner, function)(fail)
    assert caught.value is error
    assert learner.identity(1) == 1


def test_a_failure_within_nested_callbacks_is_raised_once(learner):
    """It passes through two levels of the learner's code, and is then forgotten."""

    def fail():
        raise SpecsOwnError

    with pytest.raises(SpecsOwnError):
        learner.apply(lambda: learner.apply(fail))
    assert learner.apply(lambda: 5) == 5


def test_a_learners_exception_in_a_callback_stays_the_learners(learner):
    """A callback that calls the learner's code passes on its exceptions."""
    report = report_of(lambda: learner.apply(lambda: learner.value_of(None)))
    assert report.type == "AttributeError"
    assert report.frames[-1].code.startswith("def value_of(node)")


def test_a_callback_is_not_called_without_end(learner, monkeypatch):
    """An endless loop of calls is stopped at the maximum number."""
    monkeypatch.setattr(grader.transport.student, "MAX_CALLBACKS", 5)
    with pytest.raises(TimedOut, match="5 calls"):
        learner.insist(lambda x: x)


@pytest.mark.parametrize("arguments", [(), (1.0, 2.0)])
def test_calling_a_callback_with_too_few_or_many_arguments_is_the_learners_mistake(
    learner, arguments
):
    """`f(x, i)` instead of `f(x)` fails at the learner's line, and is not a grader error."""

    def f(x):
        return x

    report = report_of(lambda: learner.apply(f, *arguments))
    assert report.frames[-1].code.startswith("def apply(f")
    assert "argument" in str(report.message)


# Exceptions


def test_a_missing_class_or_function_is_reported_with_the_file(learner):
    """The message has the missing name."""
    report = report_of(lambda: learner.Affine(1.0)[...])
    assert report.type == "AttributeError"
    assert str(report.message) == "common.py defines no Affine"


def test_a_missing_method_is_reported_with_the_class(learner):
    """The message has both names."""
    report = report_of(lambda: learner.MulLayer().backward(1.0))
    assert str(report.message) == "MulLayer has no backward"


def test_a_missing_key_is_reported_with_the_existing_keys(learner):
    """A misspelt key is then easy to see."""
    report = report_of(lambda: learner.Net().params["W1"][...])
    assert report.type == "KeyError"
    assert str(report.message) == "there is no key 'W1'; the dict has 'W'"


def test_a_property_that_fails_is_reported_with_its_own_line(learner):
    """The property itself is not reported as missing."""
    report = report_of(lambda: learner.MulLayer().doubled[...])
    assert "undefined" in str(report.message)
    assert report.frames[-1].code == "return self.undefined * 2"


@pytest.mark.parametrize("value", [np.ones((5, 5)), "text"])
def test_an_assignment_that_does_not_fit_is_reported(learner, value):
    """For example, the learner's array has the wrong shape."""
    assert report_of(lambda: write(learner.Net().params["W"], ..., value)).type == "ValueError"


EXCEPTIONS = {
    "ZeroDivisionError": "1 / 0",
    "NameError": "undefined",
    "TypeError": "None + 1",
    "ValueError": "int('x')",
    "IndexError": "[][0]",
    "KeyError": "{}['x']",
    "AttributeError": "None.forward",
    "AssertionError": "assert False, 'no'",
    "NotImplementedError": "raise NotImplementedError('your turn')",
    "StopIteration": "next(iter(()))",
    "SystemExit": "import sys; sys.exit(0)",
    "Own": "raise Own('mine')",
    "OwnBase": "raise OwnBase('mine')",
    "GeneratorExit": "raise GeneratorExit",
    "ExceptionGroup": "raise ExceptionGroup('several', [ValueError('one')])",
    "Broken": "raise Broken",
    "SyntaxError": "raise SyntaxError",
    "TimeoutError": "raise TimeoutError('slow')",
    "ConnectionResetError": "raise ConnectionResetError('gone')",
}
CLASSES = """
class Own(Exception): pass
class OwnBase(BaseException): pass
class Broken(Exception):
    def __str__(self): return 3
"""


@pytest.mark.parametrize("place", ["call", "import"])
@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_of_the_learners_is_reported(begin, name, place):
    """Any exception, in a call or at import, is reported with its name and the learner's line."""
    if place == "call":
        text = f"{CLASSES}\ndef f():\n    {EXCEPTIONS[name]}\n"
    else:
        text = f"{CLASSES}\nif True:\n    {EXCEPTIONS[name]}\n"
    learner = begin(text)
    report = report_of(lambda: learner.f())
    assert report.type == name
    assert (report.frames[-1].file, report.frames[-1].code) == ("layers.py", EXCEPTIONS[name])


def test_after_an_exception_the_learners_code_goes_on(learner):
    """One failure affects neither the next call nor the state of the objects."""
    layer = learner.MulLayer(3.0)
    report_of(lambda: layer.forward(None))
    assert layer.forward(1.0) == 6.0


def test_an_endless_recursion_is_an_exception(begin):
    """It is reported briefly, and the learner's code can be called again."""
    learner = begin("def f(): return f()\ndef g(): return 1\n")
    report = report_of(lambda: learner.f())
    assert report.type == "RecursionError"
    assert 0 < len(report.frames) < 100
    assert learner.g() == 1


def test_a_syntax_error_is_reported_with_its_line(begin):
    """It is reported each time the module is needed."""
    learner = begin("x = 1\ndef f(:\n    pass\n")
    for _ in range(2):
        report = report_of(lambda: learner.f())
        assert report.type == "SyntaxError"
        assert (report.frames[-1].line, report.frames[-1].code) == (2, "def f(:")


def test_a_name_error_is_reported_with_its_traceback(begin):
    """It has only the learner's lines, outermost first."""
    learner = begin("def f():\n    return g()\ndef g():\n    return undefined\n")
    frames = report_of(lambda: learner.f()).frames
    assert [(frame.line, frame.code) for frame in frames] == [
        (2, "return g()"),
        (4, "return undefined"),
    ]


def test_nothing_happens_before_the_learners_module_is_needed(begin):
    """A broken import fails at the line of the spec that first uses the module."""
    learner = begin("raise ValueError")
    function, item = learner.f, learner.layers["W"].shape[0]
    assert report_of(lambda: function(1.0)).type == "ValueError"
    assert report_of(lambda: item[...]).type == "ValueError"
    assert report_of(lambda: write(item, ..., 1.0)).type == "ValueError"


# Modules


def test_an_earlier_exercise_is_imported_from_the_submission(begin):
    """`from affine import Affine` imports the learner's class, the same one everywhere."""
    learner = begin(
        """
        import affine
        from affine import Affine
        def f(): return Affine().size
        def is_one(): return affine.Affine is Affine
        """,
        affine="class Affine: size = 3",
    )
    assert learner.f() == 3
    assert learner.is_one()[...] is True


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "line 1: ZeroDivisionError: division by zero"),
        ("x = (2", "line 1: SyntaxError: '(' was never closed"),
        ("import sys; sys.exit(0)", "line 1: SystemExit: 0"),
        ("\0", "SyntaxError: layers.ipynb cell 2 has NUL bytes in it"),
        ("x = " + "1+" * 100_000 + "1", "RecursionError: maximum recursion depth exceeded"),
        ("x = '\udc80'", "UnicodeEncodeError"),
    ],
    ids=["exception", "syntax", "exit", "NUL", "deep", "half"],
)
def test_a_notebook_goes_on_after_a_cell_that_fails(begin, cell, told):
    """Other cells are judged; a name that is missing is reported with the cell that failed."""
    cells = ("def first(): return 1", cell, "def last(): return first() + 1")
    learner = begin(Source("/submission/layers.ipynb", "", "", cells))
    assert learner.last() == 2
    report = report_of(lambda: learner.Affine(1.0)[...])
    assert report.type == "AttributeError"
    assert "layers.ipynb defines no Affine" in str(report.message)
    assert "not run: layers.ipynb cell 2, line 1: " in str(report.message)
    assert told in str(report.message)


def test_a_line_of_a_notebook_is_reported_with_its_cell(begin):
    """The report has the number of the cell and of the line in it."""
    cells = ("import affine\ndef f(): return g()", "\ndef g():\n    return affine.h()")
    notebook = Source("/submission/layers.ipynb", "", "", cells)
    learner = begin(notebook, affine="def h(): return undefined")
    frames = report_of(lambda: learner.f()).frames
    assert [(frame.file, frame.line, frame.code, frame.module) for frame in frames] == [
        ("layers.ipynb cell 1", 2, "def f(): return g()", "layers"),
        ("layers.ipynb cell 2", 3, "return affine.h()", "layers"),
        ("affine.py", 1, "def h(): return undefined", "affine"),
    ]


def test_an_earlier_exercise_may_be_a_notebook(begin):
    """It can be imported from like any other file."""
    affine = Source("/submission/affine.ipynb", "", "", ("size = 3", "1 / 0", "Affine = int"))
    learner = begin("from affine import Affine, size\ndef f(): return Affine(size)", affine=affine)
    assert learner.f() == 3


def test_a_missing_earlier_exercise_is_reported_by_name(begin):
    """The diagnosis needs the name."""
    report = report_of(lambda: begin("from affine_of_mine import Affine").Affine()[...])
    assert (report.type, report.imported) == ("ModuleNotFoundError", "affine_of_mine")
    assert report.frames[-1].code == "from affine_of_mine import Affine"


def test_a_missing_module_of_the_learners_is_reported_by_name(transport):
    """In this case nothing was handed in for the exercise."""
    student = Student(transport, "never_handed_in", 0)
    report = report_of(lambda: student.Affine()[...])
    assert (report.type, report.imported) == ("ModuleNotFoundError", "never_handed_in")


def test_an_exception_in_an_earlier_exercise_is_reported_with_both_files(begin):
    """The traceback leads from one to the other."""
    learner = begin("import affine\ndef f():\n    affine.g()\n", affine="def g(): 1 / 0")
    frames = report_of(lambda: learner.f()).frames
    assert [frame.file for frame in frames] == ["layers.py", "affine.py"]


def test_two_submissions_do_not_see_each_other(begin):
    """Their modules have the same names, in two workers or one after another in one process."""
    text = "import affine\ndef owner(): return affine.owner\n"
    ann = begin(text, affine="owner = 'ann'")
    assert ann.owner() == "ann"
    bob = begin(text, affine="owner = 'bob'")
    assert bob.owner() == "bob"
    if isinstance(ann._transport, Judged):
        assert ann.owner() == "ann"


def test_the_global_generators_are_seeded(transport):
    """The seed determines the numbers; the spec's own generators are separate."""

    def draw(seed):
        return Student(transport, "common", seed).draw_globally()

    first = draw(1)
    random.seed(99)
    np.random.seed(99)
    assert draw(1) == first
    other = draw(2)
    assert other[0] != first[0]
    assert other[1] != first[1]
    assert draw(2**64 - 1) != first


def test_both_transports_draw_the_same_numbers():
    """A learner and the judge see the same run."""
    sources = {"common": source("common", COMMON)}
    with importable(sources):
        at_home = Student(InProcess(sources), "common", 7).draw_globally()
    with Judged(sources) as judged:
        assert Student(judged, "common", 7).draw_globally() == at_home


@pytest.mark.parametrize("arguments", [(), (1.0, 2.0), (None,), ("text",)], ids=repr)
def test_what_a_learner_passes_to_a_callback_is_never_a_grader_error(learner, tmp_path, arguments):
    """A function of the spec may get nonsense arguments."""
    exercise = Exercise(tmp_path, "01_common")
    with pytest.raises(Exception) as caught:  # noqa: PT011
        learner.apply(lambda x: float((x**2).sum()), *arguments)
    finding = diagnose(caught.value, exercise, Course(tmp_path, (exercise,)))
    assert finding.outcome is Outcome.FAILED
