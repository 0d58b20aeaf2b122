"""Functions of a spec as Python."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.pytest_plugin.programs.function_text import text_of_function
from grader.pytest_plugin.programs.python_text import Unprintable


def of_the_spec(x):
    return x


def made(text):
    """The function that Python makes of a text, with the values that it uses."""
    names = {"np": np, **text.values}
    for line in text.imports:
        exec(line, names)
    if not text.name:
        return eval(text.code, names)
    exec(text.code, names)
    return names[text.name]


def test_a_lambda_comes_with_the_values_that_it_uses():
    """Those of its defaults as well, which may have changed by the time that it is called."""
    weights = np.array([1.0, 2.0])
    text = text_of_function(lambda x, w=weights: float(np.sum(w * x)))
    assert text.code == "lambda x: float(np.sum(w * x))"
    assert text.values == {"w": weights}
    assert made(text)(np.array([3.0, 4.0])) == 11.0


def test_a_definition_keeps_its_name_and_imports_what_it_needs():
    """From modules that the learner has, too."""
    offset = 2

    def f(x):
        return str(phrase("{x}", x=x + offset))

    text = text_of_function(f)
    assert (text.name, text.values) == ("f", {"offset": 2})
    assert text.imports == ("from grader.messages.message import phrase",)
    assert made(text)(3) == "5"


def test_a_wrapped_function_counts_instead_of_its_wrapper():
    """A spec that counts calls passes a wrapper; a learner needs the function alone."""

    class Watched:
        def __init__(self, f):
            self.__wrapped__ = f

        def __call__(self, x):
            return self.__wrapped__(x)

    assert text_of_function(Watched(lambda x: x + 1)).code == "lambda x: x + 1"


def test_values_are_those_of_the_call():
    """A list that the function has filled since is empty again."""
    calls = []
    text = text_of_function(lambda x: calls.append(x), {"calls": []})
    calls.append(1)
    assert text.values == {"calls": []}


@pytest.mark.parametrize("function", [len, print, lambda x: of_the_spec(x), eval("lambda x: x")])
def test_what_uses_more_than_values_is_not_written(function):
    """It could not run elsewhere."""
    with pytest.raises(Unprintable):
        text_of_function(function)
