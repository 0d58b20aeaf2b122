"""The spec of 05: the numerical gradient."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

CLOSE = {"rtol": 1e-6, "atol": 1e-6}


@pytest.mark.core
def test_numerical_gradient_of_the_example(student):
    """For f(x) = x[0]**2 + x[1]**2 at [3, 4] the gradient is [6, 8]."""
    grad = student.numerical_gradient(lambda x: float(np.sum(x**2)), np.array([3.0, 4.0]))
    assert_matches(grad, np.array([6.0, 8.0]), "numerical_gradient(f, x)", **CLOSE)


@pytest.mark.core
def test_numerical_gradient_of_a_quadratic_form(student, rng):
    """Each entry of the gradient belongs to its own entry of x."""
    A, x = rng.normal(size=(5, 5)), rng.normal(size=5)
    grad = student.numerical_gradient(lambda x: float(x @ A @ x), x)
    assert_matches(grad, (A + A.T) @ x, "numerical_gradient(f, x)", **CLOSE)


@pytest.mark.core(points=2)
def test_numerical_gradient_is_two_sided(student, rng):
    """Two-sided, with h = 1e-4: the sum of x**3 gives 3 x**2 to within h**2."""
    x = rng.uniform(1, 2, size=6)
    grad = student.numerical_gradient(lambda x: float(np.sum(x**3)), x)
    assert_matches(grad, 3 * x**2, "numerical_gradient(f, x)", rtol=0, atol=2e-7)


@pytest.mark.core
def test_numerical_gradient_takes_arrays_of_any_shape(student, rng):
    """The gradient has the shape of x, also for a matrix or three axes."""
    for shape in [(3, 4), (2, 3, 2)]:
        x, weights = rng.normal(size=shape), rng.normal(size=shape)
        grad = student.numerical_gradient(lambda x, w=weights: float(np.sum(w * np.sin(x))), x)
        assert_matches(grad, weights * np.cos(x), "numerical_gradient(f, x)", **CLOSE)


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

    grad = student.numerical_gradient(f, original)
    expected = np.full((2, 3), 2 * original.sum())
    assert_matches(grad, expected, "numerical_gradient(f, x)", **CLOSE)


@pytest.mark.core(points=2)
def test_numerical_gradient_nudges_x_in_place(student, rng):
    """x itself is nudged: an f that ignores its argument works too."""
    values = rng.normal(size=(3, 2))
    x = student.array(values)
    grad = student.numerical_gradient(lambda _: float(np.sum(x[...] ** 2)), x)
    assert_matches(grad, 2 * values, "numerical_gradient(f, x)", **CLOSE)


@pytest.mark.core
def test_numerical_gradient_puts_x_back(student, rng):
    """Afterwards x holds exactly what it held before."""
    values = rng.uniform(2, 4, size=(2, 4))  # undoing the steps here leaves a rounding error
    x = student.array(values)
    grad = student.numerical_gradient(lambda x: float(np.sum(np.exp(x))), x)
    assert_matches(grad, np.exp(values), "numerical_gradient(f, x)", **CLOSE)
    assert_matches(x, values, "x, after numerical_gradient(f, x)", rtol=0, atol=0)


@pytest.mark.core
def test_numerical_gradient_at_a_kink_is_the_mean_of_both_sides(student, rng):
    """At the kink of max(x, 0) central differences give 0.5; elsewhere 0 or 1."""
    x = np.array([0.0, 1.0, -1.0, 0.0])
    weights = rng.uniform(1, 3, size=4)
    grad = student.numerical_gradient(lambda x: float(weights @ np.maximum(x, 0)), x)
    expected = weights * np.array([0.5, 1.0, 0.0, 0.5])
    assert_matches(grad, expected, "numerical_gradient(f, x)", **CLOSE)


@pytest.mark.core
def test_numerical_gradient_works_at_zero_and_far_out(student):
    """Zero, negative and large entries of x have their gradients as well."""
    x = np.array([0.0, -2.0, 300.0, -1000.0])
    grad = student.numerical_gradient(lambda x: float(np.sum(x**2 + 3 * x)), x)
    assert_matches(grad, 2 * x + 3, "numerical_gradient(f, x)", rtol=1e-5, atol=1e-5)


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
