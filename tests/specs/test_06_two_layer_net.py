"""The spec of 06: the two-layer network.

Expected values come from the formulas below, which do not use layers. `slopes` is the chain rule;
`central` is central differences of the loss, and the reference has to agree with both.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

D, H, C = 6, 5, 4
KEYS = ("W1", "b1", "W2", "b2")
FLOOR = {"rtol": 1e-5, "atol": 1e-6}  # leaves room for log(y + 1e-7)
EXACT = {"rtol": 1e-11, "atol": 1e-14}  # back-propagation is, differences of the loss are not
TINY = {"rtol": 1e-11, "atol": 1e-317}
h = 1e-4


def hidden(params, x):
    """The input of the ReLU."""
    return x @ params["W1"] + params["b1"][..., None, :]


def scores(params, x):
    """The output of the second affine layer."""
    return np.maximum(hidden(params, x), 0) @ params["W2"] + params["b2"][..., None, :]


def mean_loss(z, labels):
    """Cross-entropy of softmax(z); classes are on the last axis, samples on the one before."""
    top = z.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(z - top).sum(axis=-1)) + top[..., 0]
    right = np.take_along_axis(z, np.broadcast_to(labels, z.shape[:-1])[..., None], axis=-1)
    return np.mean(log_sum - right[..., 0], axis=-1)


def central(params, x, labels):
    """Central differences of the loss with respect to each parameter of a small network.

    For each entry there are two copies of the parameter, one with the entry nudged up and one with
    it nudged down, and the losses of all these networks are computed at once.
    """
    grads = {}
    for key, param in params.items():
        nudges = h * np.eye(param.size).reshape(param.size, *param.shape)
        nudged = {**params, key: np.stack([param + nudges, param - nudges])}
        above, below = mean_loss(scores(nudged, x), labels)
        grads[key] = ((above - below) / (2 * h)).reshape(param.shape)
    return grads


def slopes(params, x, labels):
    """The gradients by the chain rule, without layers."""
    a, z = hidden(params, x), scores(params, x)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    dz = (e / e.sum(axis=1, keepdims=True) - one_hot(labels, z.shape[1])) / len(x)
    da = (dz @ params["W2"].T) * (a > 0)
    W2 = np.maximum(a, 0).T @ dz
    return {"W1": x.T @ da, "b1": da.sum(axis=0), "W2": W2, "b2": dz.sum(axis=0)}


def one_hot(labels, classes):
    """One row for each label, with a 1 in the column of the class."""
    t = np.zeros((len(labels), classes))
    t[np.arange(len(labels)), labels] = 1
    return t


def draw_batch(rng, n=7, d=D, c=C):
    """Samples, labels that include every class if there is room, and the same labels one-hot."""
    labels = rng.permutation(np.arange(n) % c)
    return rng.normal(size=(n, d)), labels, one_hot(labels, c)


def draw_params(rng):
    """Parameters of a small network, the biases not zero."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {key: rng.normal(0, 0.3, size=shape) for key, shape in shapes.items()}


def draw_positive(rng, n=7):
    """Parameters and a batch for which all that a ReLU could be given is positive.

    Here a ReLU that is missing, or in the wrong place, makes no difference.
    """
    while True:
        params, (x, labels, t) = draw_params(rng), draw_batch(rng, n)
        params["b1"] += 4
        params["b2"] += 9
        if min(hidden(params, x).min(), scores(params, x).min()) > 10 * h and all_likely(
            params, x, labels
        ):
            return params, (x, labels, t)


def draw_away_from_kinks(rng, n=7):
    """Parameters and a batch for which no input of the ReLU is within 10 h of zero."""
    while True:
        params, (x, labels, t) = draw_params(rng), draw_batch(rng, n)
        if np.abs(hidden(params, x)).min() > 10 * h and all_likely(params, x, labels):
            return params, (x, labels, t)


def all_likely(params, x, labels):
    """Whether no right class has a probability near 0, where log(y + 1e-7) has another slope."""
    losses = mean_loss(scores(params, x)[:, None, :], labels[:, None])  # one for each sample
    return losses.max() < -np.log(0.05)


def draw_on_kinks(rng):
    """Parameters and a batch with inputs of the ReLU on its kink, and no others near it.

    There, central differences see half of the slope, whatever h is; back-propagation sees all of it
    or nothing. The first sample has only zeros, so its inputs of the ReLU are the biases. The
    second one is all of row 0 of W1, the same but for the sign as the bias of unit 3.
    """
    while True:
        params, (x, labels, t) = draw_params(rng), draw_batch(rng, 3)
        x[:2] = np.zeros((2, D))
        x[1, 0] = 1
        params["b1"][:3] = [0, 1e-12, -1e-12]
        params["W1"][0, 3] = -params["b1"][3]
        a = np.abs(hidden(params, x))
        numerical, analytic = central(params, x, labels), slopes(params, x, labels)
        differs = {key: np.abs(numerical[key] - analytic[key]) > 1e-3 for key in ("W1", "b1")}
        on_kinks = differs["b1"][:4].all() and differs["W1"][0, 3]
        away = np.count_nonzero(a > 10 * h) == a.size - 4
        if on_kinks and away and all_likely(params, x, labels):
            return params, (x, labels, t)


def build(student, params):
    """The learner's network, with these parameters assigned in place."""
    network = student.TwoLayerNet(len(params["W1"]), *params["W2"].shape)
    set_params(network, params)
    return network


def set_params(network, params):
    """Assign these parameters in place."""
    for key in KEYS:
        network.params[key][...] = params[key]


def assert_back_propagates(student, rng, keys=KEYS):
    """Check gradients to all digits, and tiny ones."""
    __tracebackhide__ = True
    params, (x, labels, t) = draw_away_from_kinks(rng)
    expected = slopes(params, x, labels)
    grads = build(student, params).gradient(x, t)
    assert_matches(grads, {key: expected[key] for key in keys}, "gradient(x, t)", **EXACT)
    assert_takes_no_step(student, params, (x, labels, t), keys)


def assert_takes_no_step(student, params, batch, keys=KEYS):
    """Check tiny gradients: with all parameters but b2 near 0, they are about 1e-306.

    Such a number is like any other for back-propagation. But it is lost in a difference of two
    losses, and vanishes where it is multiplied by a tiny step.
    """
    __tracebackhide__ = True
    x, labels, t = batch
    params = {key: p if key == "b2" else 1e-305 * p for key, p in params.items()}
    expected = slopes(params, x, labels)
    grads = build(student, params).gradient(x, t)
    tiny = {key: expected[key] for key in keys if key != "b2"}
    assert_matches(grads, tiny, phrase("gradient(x, t), with tiny params"), **TINY)


def assert_nudges(student, rng):
    """Check that numerical_gradient returns what nudging gives, where back-propagation differs."""
    __tracebackhide__ = True
    params, (x, labels, t) = draw_on_kinks(rng)
    grads = build(student, params).numerical_gradient(x, t)
    assert_gradients_close(grads, central(params, x, labels))


def assert_gradients_close(grads, expected):
    """Compare mean and maximum: a mean hides one wrong entry among thousands."""
    __tracebackhide__ = True
    for key in KEYS:
        assert_matches(grads, {key: expected[key]}, "gradients", rtol=0, atol=1e-5)
        mean = np.abs(grads[key] - expected[key]).mean()
        small = min(float(mean), 1e-6)
        what = phrase("mean difference of the gradient of {key}", key=key)
        assert_matches(float(mean), small, what)


def assert_spread(first, second, key, shape):
    """Compare the spread of weights for two values of weight_init_std, and its kind."""
    __tracebackhide__ = True
    stds = 0.01, 0.2
    for weights in (first, second):
        found = weights.shape if isinstance(weights, np.ndarray) else "()"
        if found != shape:
            told = phrase("shape {found} instead of {wanted}", found=str(found), wanted=str(shape))
            raise Mismatch(f"params[{key!r}]", weights, ..., told)
    found = float(first.std()), float(second.std())
    what = phrase("standard deviation of {key} for weight_init_std = 0.01 and 0.2", key=key)
    if found[0] and np.isclose(*found, rtol=0.1):
        raise Mismatch(what, found, stds, phrase("weight_init_std changes nothing"))
    assert_matches(found, stds, what, rtol=0.1)
    within = float(np.mean(np.abs(second) < stds[1]))
    what = phrase("share of {key} that is within one standard deviation of 0", key=key)
    assert_matches(within, 0.683, what, atol=0.04)  # of a normal distribution


@pytest.mark.core
def test_TwoLayerNet_starts_with_small_random_weights(student):
    """Weights start normally distributed with weight_init_std, biases at 0."""
    zeros = {"b1": np.zeros(80), "b2": np.zeros(60)}
    start = student.TwoLayerNet(300, 80, 60).params[...]
    wider = student.TwoLayerNet(300, 80, 60, weight_init_std=0.2).params[...]
    for params in (start, wider):
        assert_matches(params, zeros, "params")
    for key, shape in [("W1", (300, 80)), ("W2", (80, 60))]:
        for params in (start, wider):
            if key not in params:
                raise Mismatch("params", params, ..., phrase("the key {key} is missing", key=key))
        assert_spread(start[key], wider[key], key, shape)


@pytest.mark.core
def test_TwoLayerNet_predict_returns_the_scores(student, rng):
    """predict sends x through Affine1, Relu1 and Affine2; these are the scores."""
    params, (x, _, _) = draw_params(rng), draw_batch(rng)
    network = build(student, params)
    assert_matches(network.predict(x), scores(params, x), "predict(x)")
    steps = {"Affine1": hidden(params, x), "Relu1": np.maximum(hidden(params, x), 0)}
    for name, expected in steps.items():
        x = network.layers[name].forward(x)
        assert_matches(x, expected, phrase("what leaves layers[{name}]", name=repr(name)))


@pytest.mark.core(points=2)
def test_TwoLayerNet_layers_hold_the_very_arrays_of_params(student, rng):
    """Changing params in place changes what predict returns, again and again."""
    network = build(student, draw_params(rng))
    for _ in range(2):
        params, (x, _, _) = draw_positive(rng)
        set_params(network, params)
        assert_matches(network.predict(x), scores(params, x), "predict(x)")


@pytest.mark.core
def test_TwoLayerNet_loss_is_the_mean_cross_entropy(student, rng):
    """loss is the cross-entropy of softmax(predict(x)), averaged over the batch."""
    params, (x, labels, t) = draw_positive(rng)
    loss = build(student, params).loss(x, t)
    assert_matches(loss, float(mean_loss(scores(params, x), labels)), "loss(x, t)", **FLOOR)


@pytest.mark.core
def test_TwoLayerNet_loss_before_training_is_about_ln_10(student, rng):
    """The loss of an untrained network with ten classes is about ln 10."""
    x, t = rng.uniform(size=(20, 784)), np.eye(10)[rng.integers(10, size=20)]
    loss = student.TwoLayerNet(784, 50, 10).loss(x, t)
    assert_matches(loss, np.log(10), "loss(x, t)", rtol=0.02)
    params, (x, labels, t) = draw_positive(rng)
    loss = build(student, params).loss(x, t)
    assert_matches(loss, float(mean_loss(scores(params, x), labels)), "loss(x, t)", **FLOOR)


@pytest.mark.core(points=2)
def test_TwoLayerNet_accuracy_is_the_share_of_right_guesses(student, rng):
    """accuracy is the fraction of samples whose highest score is the right class."""
    # The scores are entries of x, all positive: no activation function changes which is highest.
    x = rng.uniform(0.5, 2, size=(11, D))
    params = {"W1": np.eye(D, H), "b1": np.zeros(H), "W2": np.eye(H, C), "b2": np.zeros(C)}
    guesses = x[:, :C].argmax(axis=1)
    # No single class has this many guesses, so comparing with one class does not pass.
    right = int(rng.choice(np.setdiff1d(np.arange(2, 10), np.bincount(guesses))))
    labels = np.where(np.arange(11) < right, guesses, (guesses + 1) % C)
    accuracy = build(student, params).accuracy(x, np.eye(C)[labels])
    what = phrase("accuracy(x, t), with {right} right out of 11", right=right)
    assert_matches(accuracy, right / 11, what)


@pytest.mark.core(points=2)
def test_TwoLayerNet_gradient_of_the_second_layer(student, rng):
    """gradient returns W2 and b2: by how much the loss grows with each entry."""
    assert_back_propagates(student, rng, ("W2", "b2"))


@pytest.mark.core(points=2)
def test_TwoLayerNet_gradient_of_the_first_layer(student, rng):
    """gradient returns W1 and b1: what flows back through layer 2 and ReLU."""
    assert_back_propagates(student, rng, ("W1", "b1"))


@pytest.mark.core
def test_TwoLayerNet_gradient_starts_afresh_each_time(student, rng):
    """gradient uses the current batch and parameters, and changes no parameter."""
    network = student.TwoLayerNet(D, H, C)
    for n in (7, 4):
        params, (x, labels, t) = batch = draw_positive(rng, n)
        set_params(network, params)
        expected = slopes(params, x, labels)
        assert_matches(network.gradient(x, t), expected, "gradient(x, t)", **EXACT)
        assert_matches(network.params, params, "params, after gradient(x, t)", atol=0)
    assert_takes_no_step(student, *batch)


@pytest.mark.core
def test_TwoLayerNet_keeps_its_state_to_itself(student, rng):
    """Two networks do not mix up their parameters."""
    both = [draw_positive(rng) for _ in range(2)]
    networks = [student.TwoLayerNet(D, H, C) for _ in both]
    for network, (params, _) in zip(networks, both, strict=True):
        set_params(network, params)
    for network, (params, (x, labels, t)) in zip(networks, both, strict=True):
        assert_matches(network.params, params, "params", atol=0)
        expected = slopes(params, x, labels)
        assert_matches(network.gradient(x, t), expected, "gradient(x, t)", **EXACT)
    assert_takes_no_step(student, *both[0])


@pytest.mark.core
def test_TwoLayerNet_numerical_gradient_agrees_with_the_loss(student, rng):
    """numerical_gradient nudges the parameters one by one, and restores them."""
    params, (x, labels, t) = draw_away_from_kinks(rng, 3)
    network = build(student, params)
    grads = network.numerical_gradient(x, t)
    assert_gradients_close(grads, central(params, x, labels))
    assert_matches(network.params, params, "params, after numerical_gradient(x, t)")
    assert_nudges(student, rng)


@pytest.mark.core(points=2)
def test_TwoLayerNet_of_full_size_passes_the_gradient_check(student, rng):
    """gradient back-propagates: one pass gives all 39,760 gradients of 784-50-10."""
    assert_back_propagates(student, rng)
    student.flush()  # what fails here need not run longer
    x = np.round(rng.uniform(size=(3, 784)) * (rng.uniform(size=(3, 784)) < 0.2), 2)
    labels = rng.integers(10, size=3)
    params = {
        "W1": rng.normal(0, 0.01, size=(784, 50)),
        "b1": np.zeros(50),
        "W2": rng.normal(0, 0.01, size=(50, 10)),
        "b2": np.zeros(10),
    }
    grads = build(student, params).gradient(x, one_hot(labels, 10))
    assert_matches(grads, slopes(params, x, labels), "gradient(x, t)", **EXACT)


@pytest.mark.stretch
def test_TwoLayerNet_starts_from_the_rng_and_with_the_dtype_it_is_given(student, rng):
    """The same state of rng gives the same weights; dtype is that of all params."""
    float32 = student.array(np.zeros(1, np.float32)).dtype.type
    start, again, other = (
        student.TwoLayerNet(D, H, C, 0.2, rng=np.random.default_rng(n), dtype=float32).params[...]
        for n in (3, 3, 4)
    )
    zeros = {"W1": np.zeros((D, H)), "b1": np.zeros(H), "W2": np.zeros((H, C)), "b2": np.zeros(C)}
    assert_matches(start, zeros, "params", atol=2)
    assert_matches(again, start, "with the same state of rng again: params", rtol=1e-12)
    for key in KEYS:
        is_single = start[key].dtype == np.float32
        what = phrase("whether params[{key}] is float32, as asked for", key=repr(key))
        assert_matches(is_single, True, what)
    for key in ("W1", "W2"):
        differs = bool(np.any(other[key] != start[key]))
        what = phrase("whether {key} differs, with rng in another state", key=key)
        assert_matches(differs, True, what)


@pytest.mark.stretch
def test_TwoLayerNet_takes_label_indices(student, rng):
    """loss, accuracy and gradient take label indices as well."""
    params, (x, labels, _) = draw_away_from_kinks(rng)
    network = build(student, params)
    loss = float(mean_loss(scores(params, x), labels))
    accuracy = float(np.mean(scores(params, x).argmax(axis=1) == labels))
    assert_matches(network.loss(x, labels), loss, "loss(x, labels)", **FLOOR)
    assert_matches(network.accuracy(x, labels), accuracy, "accuracy(x, labels)")
    expected = slopes(params, x, labels)
    assert_matches(network.gradient(x, labels), expected, "gradient(x, labels)", **EXACT)


@pytest.mark.stretch
def test_TwoLayerNet_last_layer_is_where_the_loss_comes_from(student, rng):
    """last_layer is a SoftmaxWithLoss: it turns the scores into the loss."""
    params, (x, labels, t) = draw_params(rng), draw_batch(rng)
    loss = build(student, params).last_layer.forward(scores(params, x), t)
    assert_matches(
        loss, float(mean_loss(scores(params, x), labels)), "last_layer.forward(scores, t)", **FLOOR
    )
