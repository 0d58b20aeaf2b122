"""The spec of 05: the numerical gradient."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

CLOSE = {"rtol": 1e-6, "atol": 1e-6}


class Watched:
    """A function that remembers at which x it was called."""

    def __init__(self, f, x):
        self.f = self.__wrapped__ = f  # what a learner tries is the function alone
        self.seen = [x.copy()]

    def __call__(self, x):
        seen = np.array(x[...])
        if seen.shape == self.seen[0].shape:
            self.seen.append(seen)
        return self.f(x)

    @property
    def calls(self):
        """How often it was called."""
        return len(self.seen) - 1

    def count_nudged(self):
        """Count the entries of x that were nudged alone, both up and down.

        An entry that an earlier call has left somewhere else is not nudged: that is a fault of its
        own.
        """
        seen = np.stack([array.ravel() for array in self.seen])
        shift = seen[1:] - seen[0]
        nudged = (np.abs(shift) > 1e-12) & (seen[1:] != seen[:-1])
        alone = nudged & (nudged.sum(axis=1, keepdims=True) == 1)
        up, down = (alone & (shift > 0)).any(axis=0), (alone & (shift < 0)).any(axis=0)
        return int(np.count_nonzero(up & down))


def assert_gradient(student, f, x, expected, **close):
    """Ask for the gradient of f at x, and check it."""
    __tracebackhide__ = True
    watched = Watched(f, x)
    assert_nudged(student.numerical_gradient(watched, x), watched, expected, **close)


def assert_nudged(grad, watched, expected, **close):
    """Compare a gradient, and check that each entry of x was nudged up and down for it."""
    __tracebackhide__ = True
    assert_matches(grad, expected, "numerical_gradient(f, x)", **(close or CLOSE))
    assert_matches(
        watched.count_nudged(), expected.size, "entries of x that f saw nudged up and down"
    )
    least = 2 * expected.size
    assert_matches(watched.calls, max(watched.calls, least), "calls of f")


@pytest.mark.core
def test_numerical_gradient_of_the_example(student, rng):
    """For f(x) = x[0]**2 + x[1]**2 at [3, 4] the gradient is [6, 8]."""
    for x in (np.array([3.0, 4.0]), rng.uniform(2, 9, size=2)):
        assert_gradient(student, lambda x: float(np.sum(x**2)), x, 2 * x)


@pytest.mark.core
def test_numerical_gradient_of_a_quadratic_form(student, rng):
    """Each entry of the gradient belongs to its own entry of x."""
    A, x = rng.normal(size=(5, 5)), rng.normal(size=5)
    assert_gradient(student, lambda x: float(x @ A @ x), x, (A + A.T) @ x)


@pytest.mark.core(points=2)
def test_numerical_gradient_is_two_sided(student, rng):
    """Two-sided, with h = 1e-4: the sum of x**3 gives 3 x**2 to within h**2."""
    x = rng.uniform(1, 2, size=6)
    close = {"rtol": 0, "atol": 2e-7}
    assert_gradient(student, lambda x: float(np.sum(x**3)), x, 3 * x**2, **close)


@pytest.mark.core
def test_numerical_gradient_takes_arrays_of_any_shape(student, rng):
    """The gradient has the shape of x, also for a matrix or three axes."""
    for shape in [(3, 4), (2, 3, 2)]:
        x, weights = rng.normal(size=shape), rng.normal(size=shape)
        expected = weights * np.cos(x)
        assert_gradient(student, lambda x, w=weights: float(np.sum(w * np.sin(x))), x, expected)


@pytest.mark.core
def test_numerical_gradient_nudges_one_entry_at_a_time(student, rng):
    """While one entry of x is nudged, all others keep their values."""
    original = rng.normal(size=(2, 3))

    def f(x):
        nudged = np.count_nonzero(x != original)
        if nudged > 1:
            told = phrase("{nudged} entries nudged at once", nudged=nudged)
            raise Mismatch("x, as f saw it", x, original, told)
        return float(np.sum(x) ** 2)

    expected = np.full((2, 3), 2 * original.sum())
    assert_gradient(student, f, original, expected)


@pytest.mark.core(points=2)
def test_numerical_gradient_nudges_x_in_place(student, rng):
    """x itself is nudged: an f that ignores its argument works too."""
    values = rng.normal(size=(3, 2))
    x = student.array(values)
    watched = Watched(lambda x: float(np.sum(x**2)), values)
    grad = student.numerical_gradient(lambda _: watched(x[...]), x)
    assert_nudged(grad, watched, 2 * values)


@pytest.mark.core
def test_numerical_gradient_puts_x_back(student, rng):
    """Afterwards x holds exactly what it held before."""
    values = rng.uniform(2, 4, size=(2, 4))  # undoing the steps here leaves a rounding error
    x = student.array(values)
    watched = Watched(lambda x: float(np.sum(np.exp(x))), values)
    assert_nudged(student.numerical_gradient(watched, x), watched, np.exp(values))
    assert_matches(x, values, "x, after numerical_gradient(f, x)", rtol=0, atol=0)


@pytest.mark.core
def test_numerical_gradient_at_a_kink_is_the_mean_of_both_sides(student, rng):
    """At the kink of max(x, 0) central differences give 0.5; elsewhere 0 or 1."""
    x = np.array([0.0, 1.0, -1.0, 0.0])
    weights = rng.uniform(1, 3, size=4)
    expected = weights * np.array([0.5, 1.0, 0.0, 0.5])
    assert_gradient(student, lambda x: float(weights @ np.maximum(x, 0)), x, expected)


@pytest.mark.core
def test_numerical_gradient_works_at_zero_and_far_out(student, rng):
    """Zero, negative and large entries of x have their gradients as well."""
    x, slope = np.array([0.0, -2.0, 300.0, -1000.0]), rng.uniform(2, 9)
    close = {"rtol": 1e-5, "atol": 1e-5}
    assert_gradient(student, lambda x: float(np.sum(x**2 + slope * x)), x, 2 * x + slope, **close)


@pytest.mark.stretch
def test_numerical_gradient_calls_f_no_more_than_it_must(student, rng):
    """f is called exactly twice for each entry of x."""
    x = rng.normal(size=(3, 3))
    calls = []

    def f(x):
        calls.append(None)
        return float(np.sum(x**2))

    grad = student.numerical_gradient(f, x)
    assert_matches(grad, 2 * x, "numerical_gradient(f, x)", **CLOSE)
    assert_matches(len(calls), 2 * x.size, "calls of f")
