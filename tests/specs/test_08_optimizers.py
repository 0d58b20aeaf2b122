"""The spec of 08: four optimizers.

What is expected of a step is in closed form: sums and weighted averages of all gradients so far.
Parameters are read from the dict, so that one promise only is about the arrays that were in it.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import assert_matches

CLOSE = 1e-4  # of a step: leaves room for what is added to a root, wherever it is added
SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (2, 1, 3)}


def draw_start(rng):
    """Parameters of several shapes."""
    return {key: rng.normal(size=shape) for key, shape in SHAPES.items()}


def draw_gradient(rng, shape, largest=3.0):
    """A gradient in which no number is near 0."""
    sizes = np.exp(rng.uniform(0, np.log(largest), size=shape))
    return rng.choice([-1.0, 1.0], size=shape) * sizes


def draw_gradients(rng, steps):
    """Gradients of all parameters, one after the other: the first axis is the step."""
    return {key: draw_gradient(rng, (steps, *shape)) for key, shape in SHAPES.items()}


def momentum_path(gradient, lr=0.01, momentum=0.9):
    """The steps of Momentum: gradients of before count by powers of momentum."""
    steps = np.arange(float(len(gradient)))
    left = np.tril(momentum ** np.subtract.outer(steps, steps))
    return -lr * np.tensordot(left, gradient, axes=1)


def adagrad_path(gradient, lr=0.01):
    """The steps of AdaGrad."""
    return -lr * gradient / np.sqrt(np.cumsum(np.square(gradient), axis=0))


def adam_path(gradient, lr=0.001, beta1=0.9, beta2=0.999):
    """The steps of Adam."""
    return -lr * average(gradient, beta1) / np.sqrt(average(np.square(gradient), beta2))


def average(values, beta):
    """The weighted averages of 1, 2, 3, ... values, the weight beta times smaller for each older.

    These are the corrected averages: 1 - beta ** t is (1 - beta) times the sum of the weights.
    """
    weights = [beta ** np.arange(t)[::-1] for t in range(1, len(values) + 1)]
    return np.array([np.average(values[: len(w)], axis=0, weights=w) for w in weights])


def assert_follows(student, optimizer, start, gradients, path_of, atol=1e-9):
    """Check the parameters after each update; `path_of` returns the steps from the gradients."""
    __tracebackhide__ = True
    params = student.mapping(start)
    paths = {key: path_of(gradient) for key, gradient in gradients.items()}
    for step in range(len(next(iter(gradients.values())))):
        optimizer.update(params, {key: gradient[step] for key, gradient in gradients.items()})
        expected = {key: start[key] + paths[key][: step + 1].sum(axis=0) for key in start}
        what = phrase("after update {number}: params", number=step + 1)
        assert_matches(params, expected, what, rtol=0, atol=atol)


def assert_example(student, rng, make, gradients, path_of, atol=1e-9):
    """Check the example of a docstring, from [1.0], and drawn numbers with the defaults too."""
    __tracebackhide__ = True
    drawn = draw_gradient(rng, (len(gradients), 1))
    for start, gradient in [([1.0], np.c_[gradients]), (rng.normal(size=1), drawn)]:
        assert_follows(student, make(), {"W": np.array(start)}, {"W": gradient}, path_of, atol)


def assert_begins_with_lr(student, make, rng):
    """Check that the first step has the same length for each gradient, but for one of 0."""
    __tracebackhide__ = True
    start, gradient = rng.normal(size=8), draw_gradient(rng, 8, largest=100.0)
    gradient[rng.choice(8, size=3, replace=False)] = 0
    lr = rng.uniform(0.1, 0.5)
    first = {"W": gradient[None]}
    assert_follows(
        student, make(lr=lr), {"W": start}, first, lambda g: -lr * np.sign(g), lr * CLOSE
    )


@pytest.mark.core
def test_SGD_steps_against_the_gradient(student, rng):
    """SGD.update subtracts lr times the gradient; lr is 0.01 by default."""
    assert_example(student, rng, student.SGD, [2.0], lambda g: -0.01 * g)
    start, gradients, lr = draw_start(rng), draw_gradients(rng, 2), rng.uniform(0.1, 0.5)
    assert_follows(student, student.SGD(lr=lr), start, gradients, lambda g: -lr * g)


@pytest.mark.core
def test_Momentum_works_through_the_example(student, rng):
    """The example of Momentum gives [0.98], then [0.942], with the defaults."""
    assert_example(student, rng, student.Momentum, [2.0, 2.0], momentum_path)


@pytest.mark.core(points=2)
def test_Momentum_adds_each_step_to_what_is_left_of_the_velocity(student, rng):
    """Momentum.update moves by v, which becomes momentum · v - lr · grad."""
    start, gradients = draw_start(rng), draw_gradients(rng, 4)
    given = {"lr": rng.uniform(0.1, 0.5), "momentum": rng.uniform(0.5, 0.8)}
    optimizer = student.Momentum(**given)
    assert_follows(student, optimizer, start, gradients, lambda g: momentum_path(g, **given))


@pytest.mark.core
def test_AdaGrad_works_through_the_example(student, rng):
    """The example of AdaGrad gives [0.99], then [0.98293], with the defaults."""
    assert_example(student, rng, student.AdaGrad, [2.0, 2.0], adagrad_path, 0.01 * CLOSE)


@pytest.mark.core
def test_AdaGrad_begins_with_a_step_of_lr(student, rng):
    """The first step of AdaGrad is lr, against the sign of the gradient; 0 for 0."""
    assert_begins_with_lr(student, student.AdaGrad, rng)


@pytest.mark.core(points=2)
def test_AdaGrad_divides_by_the_root_of_the_sum_of_squares(student, rng):
    """AdaGrad.update divides lr · grad by √h; h sums the squares of all gradients."""
    start, gradients, lr = draw_start(rng), draw_gradients(rng, 4), rng.uniform(0.1, 0.5)
    optimizer = student.AdaGrad(lr=lr)
    assert_follows(student, optimizer, start, gradients, lambda g: adagrad_path(g, lr), lr * CLOSE)


@pytest.mark.core
def test_Adam_works_through_the_example(student, rng):
    """The example of Adam gives [0.999], then [0.99833], with the defaults."""
    assert_example(student, rng, student.Adam, [2.0, 0.0], adam_path, 1e-8)


@pytest.mark.core
def test_Adam_begins_with_a_step_of_lr(student, rng):
    """The first step of Adam is lr, against the sign of the gradient; 0 for 0."""
    assert_begins_with_lr(student, student.Adam, rng)


@pytest.mark.core
def test_Adam_goes_on_with_steps_of_lr_if_the_gradient_stays(student, rng):
    """While the gradient stays the same, each step of Adam is lr against its sign."""
    gradients = {"W": np.tile(draw_gradient(rng, 5, largest=100.0), (4, 1))}
    start, lr = {"W": rng.normal(size=5)}, rng.uniform(0.1, 0.5)
    optimizer = student.Adam(lr=lr, beta1=0.7, beta2=0.9)
    assert_follows(student, optimizer, start, gradients, lambda g: -lr * np.sign(g), lr * CLOSE)


@pytest.mark.core(points=2)
def test_Adam_divides_average_gradients_by_the_root_of_average_squares(student, rng):
    """Adam.update moves by -lr · m / √v, two averages that forget at β1 and β2."""
    start, gradients, lr = draw_start(rng), draw_gradients(rng, 5), rng.uniform(0.1, 0.5)
    given = {"lr": lr, "beta1": rng.uniform(0.5, 0.6), "beta2": rng.uniform(0.8, 0.9)}
    optimizer = student.Adam(**given)
    assert_follows(
        student, optimizer, start, gradients, lambda g: adam_path(g, **given), lr * CLOSE
    )


@pytest.mark.core(points=2)
def test_SGD_Momentum_AdaGrad_and_Adam_change_the_arrays_in_place(student, rng):
    """update changes the very arrays in params, which the layers hold too."""
    for make in (student.SGD, student.Momentum, student.AdaGrad, student.Adam):
        starts = [rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=3)]
        held = [student.array(start) for start in starts]
        params = student.mapping({"W": held[0].T, "b": held[1]})  # a view and an array
        grads = {"W": draw_gradient(rng, (3, 4)).astype(np.float32), "b": draw_gradient(rng, 3)}
        make(lr=0.1).update(params, grads)
        now = params[...]
        assert_went_against(grads, {"W": starts[0].T, "b": starts[1]}, now)
        what = "the array that was given as params['W'], after update"
        assert_matches(held[0], now["W"].T, what, atol=0)
        what = "the array that was given as params['b'], after update"
        assert_matches(held[1], now["b"], what, atol=0)


def assert_went_against(grads, start, now):
    """Check that each parameter is an array that has moved against its gradient."""
    __tracebackhide__ = True
    assert_matches(now, start, "after update: params", atol=1e3)
    signs = {key: np.sign(now[key] - start[key]) for key in start}
    expected = {key: -np.sign(grads[key]) for key in start}
    assert_matches(signs, expected, "the sign of the step of params")


@pytest.mark.core
def test_Momentum_AdaGrad_and_Adam_have_state_for_each_key(student, rng):
    """Each optimizer has its own state, and in it each key has its own."""
    start, gradients = rng.normal(size=1), rng.uniform(1, 3, size=(3, 1))
    for make in (student.Momentum, student.AdaGrad, student.Adam):
        alone, optimizer = student.mapping({"W1": start}), make(lr=0.1)
        for gradient in gradients:
            optimizer.update(alone, {"W1": gradient})
        now = alone[...]
        assert_went_against({"W1": gradients[0]}, {"W1": start}, now)
        both = [student.mapping({"W1": start, "b1": start}) for _ in range(2)]
        optimizers = [make(lr=0.1) for _ in both]
        for gradient in gradients:
            for optimizer, params in zip(optimizers, both, strict=True):
                optimizer.update(params, {"W1": gradient, "b1": gradient})
        expected = {"W1": now["W1"], "b1": now["W1"]}
        for params in both:
            what = "with the same gradients under two keys: params"
            assert_matches(params, expected, what, rtol=1e-12)


@pytest.mark.stretch
def test_SGD_Momentum_AdaGrad_and_Adam_leave_the_gradients_alone(student, rng):
    """update does not change grads."""
    for make in (student.SGD, student.Momentum, student.AdaGrad, student.Adam):
        start, gradient = {"W": rng.normal(size=4)}, {"W": draw_gradient(rng, 4)}
        params, grads = student.mapping(start), student.mapping(gradient)
        optimizer = make(lr=0.1)
        optimizer.update(params, grads)
        assert_went_against(gradient, start, params[...])
        optimizer.update(params, grads)
        assert_matches(grads, gradient, "grads, after update", atol=0)


@pytest.mark.stretch
def test_Momentum_AdaGrad_and_Adam_keep_their_state_in_the_dtype_of_params(student, rng):
    """v of Momentum, h of AdaGrad, m and v of Adam are float32 for float32 params."""
    states = {"Momentum": ("v",), "AdaGrad": ("h",), "Adam": ("m", "v")}
    for name, attributes in states.items():
        optimizer = getattr(student, name)(lr=0.1)
        start = {"W": rng.normal(size=(2, 3)).astype(np.float32)}
        gradient = {"W": draw_gradient(rng, (2, 3)).astype(np.float32)}
        params = student.mapping(start)
        optimizer.update(params, gradient)
        assert_went_against(gradient, start, params[...])
        for attribute in attributes:
            state = getattr(optimizer, attribute)[...]
            assert_matches(state, start, f"{attribute} after update", atol=1e3)
            what = phrase("whether {name} is float32", name=f"{name}.{attribute}['W']")
            assert_matches(state["W"].dtype == np.float32, True, what)
