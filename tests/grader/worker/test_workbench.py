"""Where the learner's code lives: importing it, and telling of its exceptions."""

import contextlib
import math
import sys

import numpy as np
import pytest
from submitted_code import no_callback, place, submission

from grader.worker import wire
from grader.worker.hints.missing import Missing
from grader.worker.module_loader import importable
from grader.worker.workbench import Workbench


@pytest.fixture
def bench():
    """A workbench with one module, and what is asked of it."""
    text = (
        "import numpy as np\n"
        "class Layer:\n"
        "    def __init__(self):\n"
        "        self.W, self.name = np.zeros((2, 2)), 'one'\n"
        "        self.params = {'W': self.W, (0, 1): [1, 2]}\n"
        "        self.arrays = {'W': self.W}\n"
        "        self.dW, self.dw, self.gradient = None, 1.0, None\n"
        "    def replace(self): self.W = np.ones((3, 3))\n"
        "    @property\n"
        "    def broken(self): return self.cache['x']\n"
        "    @property\n"
        "    def misspelt(self): return self.w\n"
        "def identity(x): return x\n"
        "def fill(x): x['W'][...] = 7\n"
    )
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        yield lambda do, **details: workbench.perform({"do": do, **details}, no_callback)


def call(bench, target, *args):
    """Have something called."""
    return bench("call", target=target, args=args, kwargs={})


def make_layer(bench):
    """The number of one of the learner's objects."""
    return call(bench, place("Layer")).number


def test_every_answer_can_cross(bench):
    """Objects are answered by reference, values by value."""
    layer = call(bench, place("Layer"))
    assert layer == wire.Remote(layer.number, "Layer")
    array = bench("value", target=place("W", start=layer.number))
    assert wire.decode(wire.encode(array)).shape == (2, 2)
    for start in ("layers", layer.number):
        wire.encode(bench("value", target=wire.Reference(start)))


def test_what_is_made_is_kept_under_its_number(bench):
    """An array or an object, for later requests; there is no other answer than that it is done."""
    assert bench("create", value=np.ones((2, 2)), number=-1, mute=True) is None
    assert bench("call", target=place("Layer"), args=(), number=-2, mute=True) is None
    assert bench("value", target=wire.Reference(-1)).shape == (2, 2)
    assert bench("value", target=place("W", start=-2)).shape == (2, 2)


@pytest.mark.parametrize("mute", [{}, {"mute": True}])
def test_an_answer_can_be_passed_on(bench, mute):
    """As it was, and a copy each time; an object in it is the object itself."""
    layer = make_layer(bench)
    held = wire.Reference(layer, (("attribute", "arrays"),))
    answer = bench("value", target=held, keep=1, **mute)
    assert (answer is None) is bool(mute)
    bench("assign", target=place("W", start=layer), key=None, value=5.0)
    passed = call(bench, place("identity"), wire.Earlier(1))
    assert not passed["W"].any()
    call(bench, place("fill"), wire.Earlier(1))
    assert not call(bench, place("identity"), wire.Earlier(1))["W"].any()
    bench("value", target=wire.Reference(layer), keep=2)
    same = call(bench, place("identity"), wire.Earlier(2))
    assert bench("value", target=place("W", start=same.number)).all()


@pytest.mark.parametrize(
    ("name", "value", "is_none"),
    [("name", "one", False), ("dW", None, True), ("gradient", None, True)],
)
def test_what_is_none_is_looked_at_with_what_was_set(bench, name, value, is_none):
    """One of these attributes may have been set in its place; which one is not said here."""
    found, others = bench("look", target=place(name, start=make_layer(bench)))
    assert found == value
    assert ("dw" in others) is is_none
    assert name not in others


def test_an_answer_is_a_copy(bench):
    """What was answered does not change with the object."""
    array = place("W", start=make_layer(bench))
    before = bench("value", target=array)
    bench("assign", target=array, key=None, value=np.ones((2, 2)))
    assert not before.any()
    assert bench("value", target=array).all()


@pytest.mark.parametrize(("key", "total"), [(None, 12.0), (0, 6.0), ((1, 1), 3.0), ([0, 1], 12.0)])
def test_an_array_is_written_in_place(bench, key, total):
    """All of it, or what a key selects; every holder of the same array sees it."""
    layer = make_layer(bench)
    bench("assign", target=place("W", start=layer), key=key, value=3.0)
    held = wire.Reference(layer, (("attribute", "params"), ("item", "W")))
    assert math.isclose(bench("value", target=held).sum(), total)


def test_an_array_that_is_too_large_to_cross_is_told_in_words():
    """With its size and the limit; one that just fits is answered."""
    sources = submission(layers="import numpy as np\nfits, large = np.zeros(16), np.zeros(17)")
    with importable(sources):
        bench = Workbench(sources, max_array=128)
        answers = [
            bench.perform({"do": "value", "target": place(name)}, no_callback)
            for name in ("fits", "large")
        ]
    assert np.array_equal(answers[0], np.zeros(16))
    assert answers[1] == wire.Opaque("an array of 136 bytes, where 128 are the limit of one answer")


def test_only_arrays_are_written_into(bench):
    """The message says what was found instead."""
    name = place("name", start=make_layer(bench))
    with pytest.raises(TypeError, match="expected an array to write into, found str"):
        bench("assign", target=name, key=None, value=1.0)


def test_a_new_spec_begins_without_the_objects_of_the_last(bench):
    """Forgetting makes room: old numbers lead nowhere."""
    layer = make_layer(bench)
    bench("create", value=np.zeros(1), number=-1, keep=1, seed=0)
    bench("value", target=wire.Reference(-1))
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(layer))
    bench("value", target=wire.Reference("layers"), seed=0)
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(-1))
    with pytest.raises(LookupError):
        call(bench, place("identity"), wire.Earlier(1))


def test_a_property_that_fails_inside_is_not_taken_for_a_missing_one(bench):
    """The learner's own error is reported, whatever its type."""
    layer = make_layer(bench)
    with pytest.raises(AttributeError, match="has no attribute 'cache'"):
        bench("value", target=place("broken", start=layer))
    with pytest.raises(AttributeError, match="has no attribute 'w'"):
        bench("value", target=place("misspelt", start=layer))


def test_a_missing_attribute_is_told_with_its_owner(bench):
    """The class of an object, the file of a module."""
    layer = make_layer(bench)
    with pytest.raises(AttributeError, match=r"Layer has no forward"):
        call(bench, place("forward", start=layer))
    with pytest.raises(AttributeError, match=r"layers\.py defines no Affine"):
        call(bench, place("Affine"))


def test_a_missing_name_is_told_with_those_of_its_kind_that_are_there():
    """Which of them is meant, the judge decides: it knows what else is asked for."""
    text = "class MulLayer:\n    def foward(self, x, y): return x * y\nclass Afine: pass\n"
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)

        def bench(do, **details):
            return workbench.perform({"do": do, **details}, no_callback)

        with pytest.raises(AttributeError, match=r"layers\.py defines no Affine") as caught:
            call(bench, place("Affine"))
        names = ("MulLayer", "Afine")
        assert caught.value.missing == Missing("layers.py", "Affine", "class", names)
        layer = call(bench, place("MulLayer"))
        with pytest.raises(AttributeError, match="MulLayer has no forward") as caught:
            call(bench, place("forward", start=layer.number), 1.0, 2.0)
        assert caught.value.missing == Missing("MulLayer", "forward", "function", ("foward",))


@pytest.mark.parametrize(
    "text", ["import json as Affine", "__name__ = 'other'\nclass Affine: pass"]
)
def test_what_a_module_under_another_name_lacks_is_told_as_well(text):
    """One of the library that took the place of a class, or one that has renamed itself."""
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        for names in (("Affine", "forward"), ("MulLayer",)):
            request = {"do": "value", "target": place(*names)}
            with pytest.raises(AttributeError, match=f"no {names[-1]}"):
                workbench.perform(request, no_callback)


# Places


def test_a_way_leads_along_attributes_and_items(bench):
    """Of any number, from a module as from an object; without a step it is the start itself."""
    layer = make_layer(bench)
    steps = (("attribute", "params"), ("item", (0, 1)), ("item", -1))
    assert bench("value", target=wire.Reference(layer, steps)) == 2
    assert bench("value", target=wire.Reference(layer)).kind == "Layer"
    assert bench("value", target=wire.Reference("layers")).kind == "module"
    steps = (("attribute", "params"), ("item", "W"), ("item", 0), ("attribute", "shape"))
    assert bench("value", target=wire.Reference(layer, steps)) == (2,)


def test_what_a_way_leads_to_is_found_anew_each_time(bench):
    """An attribute that was given another value since is that value."""
    layer = make_layer(bench)
    array = place("W", start=layer)
    assert bench("value", target=array).shape == (2, 2)
    call(bench, place("replace", start=layer))
    assert bench("value", target=array).shape == (3, 3)


def test_a_place_among_the_arguments_is_the_object_itself(bench):
    """Not a copy, also deep in a container; and looked up only now."""
    layer = make_layer(bench)
    array = place("W", start=layer)
    given = {"a": [(array,)]}
    held = call(bench, place("identity"), given)["a"][0][0]
    assert not held.any()
    same = bench("call", target=place("identity"), args=(), kwargs={"x": wire.Reference(layer)})
    assert same.kind == "Layer"
    with pytest.raises(AttributeError, match="Layer has no missing"):
        call(bench, place("identity"), place("missing", start=layer))


@pytest.mark.parametrize("number", [5, 2**40, 2**64 - 1])
def test_a_number_of_no_object_is_an_exception(bench, number):
    """Nothing is there, and nothing else happens."""
    make_layer(bench)
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(number))


@pytest.mark.parametrize("step", [("item", "x"), ("item", []), ("item", None), ("attribute", "")])
def test_a_step_that_leads_nowhere_is_an_exception(bench, step):
    """Whatever the key, the error comes from the learner's object."""
    layer = make_layer(bench)
    for start in ("layers", layer):
        for steps in ((step,), (("attribute", "params"), step)):
            with pytest.raises((AttributeError, LookupError, TypeError)):
                bench("value", target=wire.Reference(start, steps))


def test_a_module_is_imported_when_it_is_used_and_once():
    """Not before; one that fails is tried again."""
    sources = submission(layers="import affine\nvalue = affine.runs", affine="runs = 1")
    with importable(sources):
        workbench = Workbench(sources)
        workbench.perform({"do": "create", "value": np.zeros(1), "seed": 0}, no_callback)
        assert "layers" not in sys.modules
        for _ in range(2):
            assert workbench.perform({"do": "value", "target": place("value")}, no_callback) == 1
            first = sys.modules["layers"]
        assert sys.modules["layers"] is first
    broken = submission(layers="1 / 0")
    with importable(broken):
        workbench = Workbench(broken)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                workbench.perform({"do": "value", "target": place("value")}, no_callback)


@pytest.mark.parametrize(("text", "is_loading"), [("value = 1", False), ("raise OSError", True)])
def test_an_import_that_was_cut_short_is_known(text, is_loading):
    """So that a learner's own pytest does not try an endless one again."""
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        with contextlib.suppress(OSError):
            workbench.perform({"do": "value", "target": place("value")}, no_callback)
        assert workbench.is_loading is is_loading


@pytest.mark.parametrize("number", range(6))
def test_a_word_of_the_wire_in_the_learners_code_is_only_an_object(number):
    """A result, or an argument of the spec's function: neither can pass for the grader's own."""
    text = (
        "from grader.worker import wire\n"
        "words = [wire.Reference('os', (('attribute', 'sep'),)), wire.Remote(0, 'Layer'),\n"
        "    wire.Callback(0), wire.Seed(1), wire.SharedArray(0, '|u1', (1,)),\n"
        "    wire.Opaque('nothing')]\n"
        "def pack(n): return {'a': [(words[n],)]}\n"
        "def give(f, n): f(words[n], also=[words[n]])\n"
        "def is_word(x, n): return x is words[n]\n"
    )
    kind = ["Reference", "Remote", "Callback", "Seed", "SharedArray", "Opaque"][number]
    sources, given = submission(layers=text), []

    def call_back(_, args, kwargs):
        given.extend([*args, *kwargs["also"]])

    with importable(sources):
        workbench = Workbench(sources)

        def bench(do, **details):
            return workbench.perform({"do": do, **details}, call_back)

        answer = call(bench, place("pack"), number)["a"][0][0]
        call(bench, place("give"), wire.Callback(0), number)
        for one in (answer, *given):
            assert one == wire.Remote(one.number, kind)
            # Passed back, it is that very object: the word that it is means nothing.
            assert call(bench, place("is_word"), wire.Reference(one.number), number) is True
    assert len(given) == 2


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ([0.0] * wire.MAX_ITEMS, "an answer of more than 20,000 values"),
        (dict.fromkeys(range(wire.MAX_ITEMS)), "an answer of more than 20,000 val"),
        ("x" * (wire.MAX_TEXT + 1), "a text of 100,001 characters, where 100,000"),
        (["x" * 60_000] * 2, "a text of 120,000 characters, where 100,000"),
        ([np.zeros(1 << 18)] * 3, "arrays of 6,291,456 bytes, where 4,194,304"),
        (np.zeros((4 << 20) + 1, "?"), "an array of 4,194,305 bytes, where 4,194,304"),
    ],
    ids=["list", "dict", "text", "texts", "arrays", "array"],
)
def test_an_answer_that_is_too_large_is_described_and_a_smaller_one_returned(bench, returned, told):
    """Whatever it is made of; what is nearly too large crosses in a reply."""
    found = call(bench, place("identity"), returned)
    assert isinstance(found, wire.Opaque)
    assert found.description.startswith(told)
    smaller = returned[:-1] if not isinstance(returned, dict) else {1: None}
    smaller = call(bench, place("identity"), smaller)
    assert not isinstance(smaller, wire.Opaque)
    wire.cross(smaller, wire.reply_bounds())
