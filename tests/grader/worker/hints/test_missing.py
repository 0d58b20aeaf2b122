"""What is reported of a name that is not there: facts, and not too many of them."""

import types

import pytest

from grader.worker.hints.missing import (
    MAX_NAMES,
    Missing,
    bounded,
    missing_argument,
    missing_attribute,
    missing_key,
    missing_method,
    own_methods,
    set_attributes,
)
from grader.worker.hints.near_names import MAX_LENGTH


class Layer:
    scale = 2

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dw, self.out = None, 1.0

    def foward(self, x):
        return x

    @staticmethod
    def helper():
        return 1

    @property
    def slow(self):
        raise SystemExit


def test_an_attribute_is_reported_with_values_and_without_the_constructors_arguments():
    """Properties and what is None are values too; no code of the class is run."""
    missing = missing_attribute(Layer(1, 2), "Layer", "dW", is_called=False)
    assert missing == Missing("Layer", "dW", "value", ("dw", "out", "scale", "slow"))


def test_a_method_is_reported_with_methods():
    """Whatever kind of method it is."""
    missing = missing_attribute(Layer(1, 2), "Layer", "forward", is_called=True)
    assert missing == Missing("Layer", "forward", "function", ("foward", "helper"))


@pytest.mark.parametrize(
    ("name", "kind", "names"), [("Relu", "class", ("relu1",)), ("softmax", "function", ("relu",))]
)
def test_what_a_module_lacks_is_reported_with_the_same_kind(name, kind, names):
    """A class is no function, and a function no class."""
    module = types.ModuleType("m")
    module.__dict__.update(relu=lambda x: x, relu1=Layer, x=1)
    assert missing_attribute(module, "m.py", name, is_called=True) == Missing(
        "m.py", name, kind, names
    )


def test_only_what_is_not_none_is_set():
    """Neither are the constructor's arguments, which are never meant."""
    assert set_attributes(Layer(1, 2)) == ("out",)


def test_a_key_is_reported_with_the_keys_that_are_text():
    """Others cannot be meant."""
    assert missing_key({"a": 1, 2: 3}, "b") == Missing("", "b", "key", ("a",))


@pytest.mark.parametrize(
    ("function", "named", "expected"),
    [
        (lambda x, lr: x, ["rate"], ("<lambda>", "rate", "argument", ("x", "lr"))),
        (lambda x, lr: x, ["x", "rate"], ("<lambda>", "rate", "argument", ("lr",))),
        (Layer, ["bias"], ("Layer", "bias", "argument", ("W", "b"))),
    ],
)
def test_an_argument_is_reported_with_those_that_were_not_passed(function, named, expected):
    """Of a function or a constructor."""
    assert missing_argument(function, named) == Missing(*expected)


@pytest.mark.parametrize("function", [lambda x: x, lambda **rest: rest])
def test_arguments_that_fit_are_not_reported(function):
    """Another one has raised the exception."""
    assert missing_argument(function, ["x"]) is None


def test_of_several_missing_methods_the_one_with_a_similar_name_is_reported():
    """The others are not written at all, perhaps."""
    missing = missing_method(Layer, ["backward", "forward"])
    assert (missing.name, missing.names) == ("forward", own_methods(Layer))
    assert missing_method(Layer, ["update", "backward"]).name == "backward"
    assert missing_method(Layer, []) is None


def test_names_are_few_and_short():
    """A submission may have any number of them, of any length and kind."""
    names = [1, None, "x" * (MAX_LENGTH + 1), *(f"n{number}" for number in range(10_000))]
    assert bounded(names) == tuple(f"n{number}" for number in range(MAX_NAMES))
