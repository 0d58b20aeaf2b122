"""The spec of 06: the two-layer network.

Expected values come from the formulas below, which do not use layers; expected gradients come from
central differences of that loss, never from back-propagation.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import assert_matches

D, H, C = 6, 5, 4
KEYS = ("W1", "b1", "W2", "b2")
FLOOR = {"rtol": 1e-5, "atol": 1e-6}  # leaves room for log(y + 1e-7)
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


def all_central(params, x, labels):
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


def draw_batch(rng, n=7):
    """Samples, labels that include every class, and the same labels one-hot."""
    labels = rng.permutation(np.arange(n) % C)
    return rng.normal(size=(n, D)), labels, np.eye(C)[labels]


def draw_params(rng):
    """Parameters of a small network, the biases not zero."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {key: rng.normal(0, 0.3, size=shape) for key, shape in shapes.items()}


def draw_away_from_kinks(rng, n=7):
    """Parameters and a batch for which no input of the ReLU is within 10 h of zero.

    Also, no right class has a probability near 0, where log(y + 1e-7) and log(y) have different
    slopes.
    """
    while True:
        params, batch = draw_params(rng), draw_batch(rng, n)
        x, labels, _ = batch
        losses = mean_loss(scores(params, x)[:, None, :], labels[:, None])  # one for each sample
        if np.abs(hidden(params, x)).min() > 10 * h and losses.max() < -np.log(0.05):
            return params, batch


def build(student, params):
    """The learner's network, with these parameters assigned in place."""
    network = student.TwoLayerNet(D, H, C)
    for key in KEYS:
        network.params[key][...] = params[key]
    return network


def assert_gradients_close(grads, expected):
    """Compare mean and maximum: a mean hides one wrong entry among thousands."""
    __tracebackhide__ = True
    for key in KEYS:
        assert_matches(grads, {key: expected[key]}, "gradients", rtol=0, atol=1e-5)
        mean = np.abs(grads[key] - expected[key]).mean()
        small = min(float(mean), 1e-6)
        what = phrase("mean difference of the gradient of {key}", key=key)
        assert_matches(float(mean), small, what)


@pytest.mark.core
def test_TwoLayerNet_starts_with_small_random_weights(student):
    """Weights start normally distributed with weight_init_std, biases at 0."""
    for keywords, std in [({}, 0.01), ({"weight_init_std": 0.2}, 0.2)]:
        params = student.TwoLayerNet(300, 80, 60, **keywords).params[...]
        zeros = {"b1": np.zeros(80), "b2": np.zeros(60)}
        assert_matches(params, zeros, "params")
        for key, shape in [("W1", (300, 80)), ("W2", (80, 60))]:
            assert_matches(params, {key: np.zeros(shape)}, "params", atol=6 * std)
            found = float(params[key].std())
            what = phrase("standard deviation of {key}", key=key)
            assert_matches(found, std, what, rtol=0.1)


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


@pytest.mark.core
def test_TwoLayerNet_layers_hold_the_very_arrays_of_params(student, rng):
    """Changing params in place changes what predict returns, again and again."""
    network = build(student, draw_params(rng))
    for _ in range(2):
        params, (x, _, _) = draw_params(rng), draw_batch(rng)
        for key in KEYS:
            network.params[key][...] = params[key]
        assert_matches(network.predict(x), scores(params, x), "predict(x)")


@pytest.mark.core
def test_TwoLayerNet_loss_is_the_mean_cross_entropy(student, rng):
    """loss is the cross-entropy of softmax(predict(x)), averaged over the batch."""
    params, (x, labels, t) = draw_params(rng), draw_batch(rng)
    loss = build(student, params).loss(x, t)
    assert_matches(loss, float(mean_loss(scores(params, x), labels)), "loss(x, t)", **FLOOR)


@pytest.mark.core
def test_TwoLayerNet_loss_before_training_is_about_ln_10(student, rng):
    """The loss of an untrained network with ten classes is about ln 10."""
    x, t = rng.uniform(size=(20, 784)), np.eye(10)[rng.integers(10, size=20)]
    loss = student.TwoLayerNet(784, 50, 10).loss(x, t)
    assert_matches(loss, np.log(10), "loss(x, t)", rtol=0.02)


@pytest.mark.core
def test_TwoLayerNet_accuracy_is_the_share_of_right_guesses(student, rng):
    """accuracy is the fraction of samples whose highest score is the right class."""
    params, (x, _, _) = draw_params(rng), draw_batch(rng, 11)
    guesses = scores(params, x).argmax(axis=1)
    # No single class has this many guesses, so comparing with one class does not pass.
    right = int(rng.choice(np.setdiff1d(np.arange(2, 10), np.bincount(guesses))))
    labels = np.where(np.arange(11) < right, guesses, (guesses + 1) % C)
    accuracy = build(student, params).accuracy(x, np.eye(C)[labels])
    what = phrase("accuracy(x, t), with {right} right out of 11", right=right)
    assert_matches(accuracy, right / 11, what)


@pytest.mark.core(points=2)
def test_TwoLayerNet_gradient_of_the_second_layer(student, rng):
    """gradient returns W2 and b2: by how much the loss grows with each entry."""
    params, (x, labels, t) = draw_away_from_kinks(rng)
    expected = all_central(params, x, labels)
    grads = build(student, params).gradient(x, t)
    for key in ("W2", "b2"):
        assert_matches(grads, {key: expected[key]}, "gradient(x, t)", rtol=0, atol=1e-6)


@pytest.mark.core(points=2)
def test_TwoLayerNet_gradient_of_the_first_layer(student, rng):
    """gradient returns W1 and b1: what flows back through layer 2 and ReLU."""
    params, (x, labels, t) = draw_away_from_kinks(rng)
    expected = all_central(params, x, labels)
    grads = build(student, params).gradient(x, t)
    for key in ("W1", "b1"):
        assert_matches(grads, {key: expected[key]}, "gradient(x, t)", rtol=0, atol=1e-6)


@pytest.mark.core
def test_TwoLayerNet_gradient_starts_afresh_each_time(student, rng):
    """gradient uses the current batch and the current parameters."""
    network = student.TwoLayerNet(D, H, C)
    for n in (7, 4):
        params, (x, labels, t) = draw_away_from_kinks(rng, n)
        for key in KEYS:
            network.params[key][...] = params[key]
        expected = all_central(params, x, labels)
        assert_matches(network.gradient(x, t), expected, "gradient(x, t)", rtol=0, atol=1e-6)


@pytest.mark.core
def test_TwoLayerNet_keeps_its_state_to_itself(student, rng):
    """Two networks do not mix up their parameters."""
    both = [draw_away_from_kinks(rng) for _ in range(2)]
    networks = [student.TwoLayerNet(D, H, C) for _ in both]
    for network, (params, _) in zip(networks, both, strict=True):
        for key in KEYS:
            network.params[key][...] = params[key]
    for network, (params, (x, labels, t)) in zip(networks, both, strict=True):
        assert_matches(network.predict(x), scores(params, x), "predict(x)")
        expected = all_central(params, x, labels)
        assert_matches(network.gradient(x, t), expected, "gradient(x, t)", rtol=0, atol=1e-6)


@pytest.mark.core
def test_TwoLayerNet_numerical_gradient_agrees_with_the_loss(student, rng):
    """numerical_gradient nudges the parameters one by one, and restores them."""
    params, (x, labels, t) = draw_away_from_kinks(rng, 3)
    network = build(student, params)
    grads = network.numerical_gradient(x, t)
    assert_gradients_close(grads, all_central(params, x, labels))
    assert_matches(network.params, params, "params, after numerical_gradient(x, t)")


@pytest.mark.core
def test_TwoLayerNet_gradient_passes_its_own_gradient_check(student, rng):
    """gradient and numerical_gradient agree: mean below 1e-6, maximum below 1e-5."""
    params, (x, labels, t) = draw_away_from_kinks(rng, 3)
    network = build(student, params)
    numerical = network.numerical_gradient(x, t)
    assert_gradients_close(numerical, all_central(params, x, labels))
    assert_gradients_close(network.gradient(x, t), numerical)


@pytest.mark.core(points=3)
def test_TwoLayerNet_of_full_size_passes_the_gradient_check(student, rng):
    """With three images, all 39,760 gradients of 784-50-10 pass the check."""
    network = student.TwoLayerNet(784, 50, 10)
    while True:
        x = np.round(rng.uniform(size=(3, 784)) * (rng.uniform(size=(3, 784)) < 0.2), 2)
        params = {
            "W1": rng.normal(0, 0.01, size=(784, 50)),
            "b1": np.zeros(50),
            "W2": rng.normal(0, 0.01, size=(50, 10)),
            "b2": np.zeros(10),
        }
        if np.abs(hidden(params, x)).min() > 10 * h:
            break
    labels = rng.integers(10, size=3)
    for key in KEYS:
        network.params[key][...] = params[key]
    grads = network.gradient(x, np.eye(10)[labels])
    assert_gradients_close(grads, central_by_structure(params, x, labels))


def central_by_structure(params, x, labels):
    """Central differences of a large network, all entries of a parameter at once.

    Nudging W1[i, j] by h moves only hidden unit j, by h * x[:, i]; nudging W2[j, k] moves only
    score k, by h times unit j. So no pass through the whole network is needed.
    """
    a, z = hidden(params, x), scores(params, x)
    unit = np.maximum(a, 0)

    def differences(moved_scores):  # from the sign of the nudge to scores (..., n, c)
        return (mean_loss(moved_scores(h), labels) - mean_loss(moved_scores(-h), labels)) / (2 * h)

    def move_unit(j, delta):  # delta (..., n): how far unit j's input moves
        moved = np.maximum(a[:, j] + delta, 0) - unit[:, j]
        return z + moved[..., None] * params["W2"][j]

    def move_score(delta):  # delta (..., n): how far each score in turn moves
        return z + delta[..., None, :, None] * np.eye(z.shape[1])[:, None, :]

    units = range(a.shape[1])
    return {
        "W1": np.stack([differences(lambda s, j=j: move_unit(j, s * x.T)) for j in units], axis=1),
        "b1": np.array([differences(lambda s, j=j: move_unit(j, s * np.ones(3))) for j in units]),
        "W2": differences(lambda s: move_score(s * unit.T)),
        "b2": differences(lambda s: move_score(s * np.ones(3))),
    }


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
    expected = all_central(params, x, labels)
    assert_matches(network.gradient(x, labels), expected, "gradient(x, labels)", rtol=0, atol=1e-6)
