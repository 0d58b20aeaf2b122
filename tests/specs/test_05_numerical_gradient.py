"""The spec of 05: the numerical gradient."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

CLOSE = {"rtol": 1e-4, "atol": 1e-4}  # how small h is, and on how many sides, is one promise
ROUNDING = 1e-12  # a nudge is larger, and undoing one leaves less


MOST_CALLS = 500


class Watched:
    """A function that remembers at which x it was called."""

    def __init__(self, f, x):
        self.f = self.__wrapped__ = f  # what a learner tries is the function alone
        self.seen = [x.copy()]
        self.calls = 0

    def __call__(self, x):
        if self.calls == MOST_CALLS:  # the loop of an nditer that never advances has no end
            told = phrase("f was called {calls} times, and there is no end", calls=MOST_CALLS)
            raise Mismatch("calls of f", self.calls, ..., told)
        self.calls += 1
        seen = np.array(x[...])
        if seen.shape == self.seen[0].shape:
            self.seen.append(seen)
        return self.f(x)

    def count_nudged(self):
        """Count the entries of x that were nudged alone, both up and down.

        An entry that an earlier call has left somewhere else is not nudged: that is a fault of its
        own.
        """
        seen = np.stack([array.ravel() for array in self.seen])
        shift = seen[1:] - seen[0]
        nudged = (np.abs(shift) > ROUNDING) & (np.abs(np.diff(seen, axis=0)) > ROUNDING)
        alone = nudged & (nudged.sum(axis=1, keepdims=True) == 1)
        up, down = (alone & (shift > 0)).any(axis=0), (alone & (shift < 0)).any(axis=0)
        return int(np.count_nonzero(up & down))


def assert_gradient(student, f, x, expected, **close):
    """Ask for the gradient of f at x, and check it."""
    __tracebackhide__ = True
    watched = Watched(f, x)
    grad = student.numerical_gradient(watched, x)
    assert_matches(grad, expected, "numerical_gradient(f, x)", **(close or CLOSE))
    assert_nudged(watched, expected.size)


def assert_nudged(watched, size):
    """Check that each of so many entries of x was nudged up and down."""
    __tracebackhide__ = True
    assert_matches(watched.count_nudged(), size, "entries of x that f saw nudged up and down")
    assert_matches(watched.calls, max(watched.calls, 2 * size), "calls of f")


def assert_points_alike(grad, expected):
    """Check a gradient up to a factor: how large it should be is another promise."""
    __tracebackhide__ = True
    what = phrase("numerical_gradient(f, x), divided by its largest entry")
    assert_matches(up_to_a_factor(grad), up_to_a_factor(expected), what, **CLOSE)


def up_to_a_factor(grad):
    """The gradient divided by its largest entry; anything else as it is."""
    if not isinstance(grad, np.ndarray) or grad.dtype.kind != "f" or not grad.size:
        return grad
    largest = grad.flat[np.abs(grad).argmax()]
    return grad / largest if np.isfinite(largest) and largest else grad


@pytest.mark.core
def test_numerical_gradient_of_the_example(student, rng):
    """For f(x) = x[0]**2 + x[1]**2 at [3, 4] the gradient is [6, 8]."""
    for x in (np.array([3.0, 4.0]), rng.uniform(2, 9, size=2)):
        assert_gradient(student, lambda x: float(np.sum(x**2)), x, 2 * x)


@pytest.mark.core
def test_numerical_gradient_of_a_quadratic_form(student, rng):
    """Each entry of the gradient belongs to its own entry of x."""
    A, x = rng.normal(size=(5, 5)), rng.normal(size=5)
    close = {"rtol": 1e-2, "atol": 1e-2}  # entries that are left nudged are another promise
    assert_gradient(student, lambda x: float(x @ A @ x), x, (A + A.T) @ x, **close)


@pytest.mark.core
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


@pytest.mark.core(points=2)
def test_numerical_gradient_nudges_one_entry_at_a_time(student, rng):
    """While one entry of x is nudged, all others keep their values."""
    original = rng.normal(size=(2, 3))

    def f(x):
        nudged = np.count_nonzero(np.abs(x - original) > ROUNDING)
        if nudged > 1:
            told = phrase("{nudged} entries nudged at once", nudged=nudged)
            raise Mismatch("x, as f saw it", x, original, told)
        return float(np.sum(x**2))

    watched = Watched(f, original)
    assert_points_alike(student.numerical_gradient(watched, original), 2 * original)
    assert_nudged(watched, original.size)


@pytest.mark.core(points=2)
def test_numerical_gradient_nudges_x_in_place(student, rng):
    """x itself is nudged: an f that ignores its argument works too."""
    values = rng.normal(size=6)
    x = student.array(values)
    watched = Watched(lambda x: float(np.sum(x**2)), values)
    grad = student.numerical_gradient(lambda _: watched(x[...]), x)
    assert_points_alike(grad, 2 * values)
    assert_nudged(watched, values.size)


@pytest.mark.core(points=2)
def test_numerical_gradient_puts_x_back(student, rng):
    """Afterwards x holds exactly what it held before."""
    values = rng.uniform(2, 4, size=8)
    values[rng.integers(8)] = 2.0  # 2.0 + h - 2 * h + h is not 2.0
    x = student.array(values)
    watched = Watched(lambda x: float(np.sum(np.exp(x))), values)
    grad = student.numerical_gradient(watched, x)
    assert_matches(x, values, "x, after numerical_gradient(f, x)", rtol=0, atol=0)
    assert_points_alike(grad, np.exp(values))
    assert_nudged(watched, values.size)


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
    assert_gradient(student, lambda x: float(np.sum(x**2 + slope * x)), x, 2 * x + slope)


@pytest.mark.stretch
def test_numerical_gradient_calls_f_no_more_than_it_must(student, rng):
    """f is called exactly twice for each entry of x."""
    x = rng.normal(size=(3, 3))
    watched = Watched(lambda x: float(np.sum(x**2)), x)
    grad = student.numerical_gradient(watched, x)
    assert_matches(grad, 2 * x, "numerical_gradient(f, x)", **CLOSE)
    assert_matches(watched.calls, 2 * x.size, "calls of f")
