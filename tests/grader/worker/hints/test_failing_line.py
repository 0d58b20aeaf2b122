"""What is None in the expression that raised an exception, found by its place."""

import linecache

import pytest

from grader.worker.hints.failing_line import Unset, dicts_in, find_unset

CLASS = """class Layer:
    def __init__(self):
        self.x = self.y = None
        self.z = 1.0
        self.layers = {{"a": None, "b": {{"c": 1}}}}

    @property
    def slow(self):
        raise SystemExit

    def run(self, given=None):
        self.{set} = 2.0
        return {expression}
"""


def traceback_of(expression, kept="other"):
    """The learner's line of the exception that an expression raises."""
    text, name = CLASS.format(expression=expression, set=kept), f"/submission/{hash(expression)}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {}
    exec(compile(text, name, "exec"), space)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any
        space["Layer"]().run()
    return caught.value.__traceback__.tb_next


@pytest.mark.parametrize(
    ("expression", "code", "name"),
    [
        ("2.0 * self.x", "self.x", "Layer.x"),
        ("self.x * 2.0", "self.x", "Layer.x"),
        ("self.z * (1.0 - self.y) * self.x", "self.y", "Layer.y"),
        ("self.z * self.x * (1.0 - self.y)", "self.x", "Layer.x"),
        ("self.z + (\n        self.y\n    )", "self.y", "Layer.y"),
        ("self.x.T", "self.x", "Layer.x"),
        ("len(self.x)", "self.x", "Layer.x"),
        ("given + 1", "given", ""),
        ("self.layers['a'].dW", "self.layers['a']", ""),
        ("'ü' + self.y", "self.y", "Layer.y"),
    ],
)
def test_what_is_none_is_found_whatever_the_order_of_factors(expression, code, name):
    """Only in the operation that failed, not in the rest of its line."""
    assert find_unset(traceback_of(expression)) == Unset(code, name)


def test_what_was_set_in_its_place_is_found():
    """Under nearly the same name."""
    assert find_unset(traceback_of("self.x * 2", "X")) == Unset("self.x", "Layer.x", "self.X")


@pytest.mark.parametrize(
    "expression",
    ["'a' + self.z", "undefined", "self.slow + 1", "(self.x is None) + 'a'", "None + 1", "1 / 0"],
)
def test_where_nothing_is_none_nothing_is_found(expression):
    """No property is called for it."""
    if "slow" in expression:
        with pytest.raises(SystemExit):
            traceback_of(expression)
        return
    found = find_unset(traceback_of(expression))
    assert found is None or expression.startswith("(self.x is None)")


def test_an_argument_may_well_be_none():
    """For an exception that may have other causes, only operands count."""
    assert find_unset(traceback_of("1 + self.x"), operands_only=True) is not None
    assert find_unset(traceback_of("int('a', base=self.x)")) is None
    assert find_unset(traceback_of("int(self.x)"), operands_only=True) is None


def test_the_dict_of_a_missing_key_is_found():
    """Also one in another."""
    traceback = traceback_of("self.layers['b']['d']")
    assert {"c": 1} in list(dicts_in(traceback))
