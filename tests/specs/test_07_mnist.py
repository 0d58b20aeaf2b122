"""The spec of 07: training, first on small generated sets, then on the real digits.

The expected result of a step comes from the formulas below, so that a mistake in training can be
told from one in the network.
"""

from functools import lru_cache

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

D, H, C = 6, 5, 4
KEYS = ("W1", "b1", "W2", "b2")
SMALL = (
    "test_train_returns_one_loss_for_each_iteration",
    "test_train_steps_against_the_gradient",
    "test_train_computes_the_gradient_anew_in_each_iteration",
    "test_train_takes_steps_of_a_tenth_by_default",
    "test_train_changes_the_arrays_that_the_layers_hold",
    "test_train_draws_samples_with_their_own_labels",
    "test_train_draws_a_new_batch_in_each_iteration",
    "test_train_draws_as_many_samples_as_batch_size_says",
    "test_train_lowers_the_loss",
)
ONE_EPOCH = "test_train_reaches_88_percent_of_real_digits_in_one_epoch"
TINY = 1e-8  # a learning rate with which hundreds of steps change no gradient
LEARNED = 0.1 * np.log(C)
FLOOR = {"rtol": 1e-5, "atol": 1e-6}  # leaves room for log(y + 1e-7)
EXACT = {"rtol": 0, "atol": 1e-13}  # back-propagation is, differences of the loss are not


def hidden(params, x):
    """The input of the ReLU."""
    return x @ params["W1"] + params["b1"]


def scores(params, x):
    """The output of the second affine layer."""
    return np.maximum(hidden(params, x), 0) @ params["W2"] + params["b2"]


def losses_of(params, x, t):
    """The loss of each sample."""
    z = scores(params, x)
    with np.errstate(over="ignore"):  # of parameters that a mistake has made huge
        return np.log(np.exp(z).sum(axis=1)) - (z * t).sum(axis=1)


def slopes(params, x, t):
    """The gradients of the mean loss, by the chain rule without layers."""
    a = hidden(params, x)
    unit = np.maximum(a, 0)
    e = np.exp(scores(params, x))
    dz = (e / e.sum(axis=1, keepdims=True) - t) / len(x)
    da = (dz @ params["W2"].T) * (a > 0)
    return {"W1": x.T @ da, "b1": da.sum(axis=0), "W2": unit.T @ dz, "b2": dz.sum(axis=0)}


def step(params, x, t, learning_rate):
    """The parameters after one step on this batch."""
    grads = slopes(params, x, t)
    return {key: params[key] - learning_rate * grads[key] for key in KEYS}


def read_params(network, like):
    """The network's parameters, after checking that they are arrays of this shape, and finite."""
    __tracebackhide__ = True
    params = network.params[...]
    assert_matches(params, like, "params", atol=1e6)
    return {key: params[key] for key in KEYS}


def shares(network, params, x, t, atol=1e-11):
    """How much each sample has to do with what became of the parameters; the sum is 1.

    What is believed are only the parameters: the losses that train returns may be those of other
    samples, or of none. Which of them moved, how far, and to which side are other promises.
    """
    __tracebackhide__ = True
    now = read_params(network, params)
    keys = [key for key in KEYS if np.any(now[key] != params[key])]
    if not keys:
        raise Mismatch("params", now, params, phrase("train has changed nothing"))
    way = np.concatenate([(params[key] - now[key]).ravel() for key in keys])
    single = [slopes(params, x[i : i + 1], t[i : i + 1]) for i in range(len(x))]
    columns = [np.concatenate([one[key].ravel() for key in keys]) for one in single]
    columns = np.stack(columns, axis=1)
    found = np.linalg.lstsq(columns, way, rcond=None)[0]
    unexplained = float(np.linalg.norm(way - columns @ found) / np.linalg.norm(way))
    what = phrase("part of the change of params that no sample with its own label explains")
    assert_matches(unexplained, 0.0, what, atol=atol)
    with np.errstate(all="ignore"):
        return found / found.sum()


def draw_network(student, rng):
    """A small network of the learner's, and its parameters.

    The parameters are small: if the right class had a probability near 0, log(y + 1e-7) would be
    far from log(y).
    """
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    params = {key: rng.normal(0, 0.3, size=shape) for key, shape in shapes.items()}
    params["b1"] = np.abs(params["b1"])  # no neuron is dead for samples near 0
    network = student.module("two_layer_net").TwoLayerNet(D, H, C)
    set_params(network, params)
    return network, params


def set_params(network, params):
    """Assign these parameters in place."""
    for key in KEYS:
        network.params[key][...] = params[key]


def repeat_one_sample(rng, params, n=12):
    """A training set of one sample, n times: whatever batch is drawn, the step is the same."""
    x, t = draw_distinct_samples(rng, params, 1)
    return np.repeat(x, n, axis=0), np.repeat(t, n, axis=0)


def draw_distinct_samples(rng, params, n=8):
    """A training set in which each pair of a sample and a label has a different loss.

    Each sample has a hidden neuron at work, so that it has a gradient of every parameter.
    """
    while True:
        x, t = rng.normal(size=(n, D)), np.eye(C)[rng.integers(C, size=n)]
        every = np.sort(np.concatenate([losses_of(params, x, np.roll(t, k, 1)) for k in range(C)]))
        if np.diff(every).min() > 1e-3 and (hidden(params, x) > 0.1).any(axis=1).all():
            return x, t


def draw_one_class(rng, params, n=8):
    """Distinct samples, all of one class: here no mistake with labels makes a difference."""
    x, t = draw_distinct_samples(rng, params, n)
    return x, np.repeat(t[:1], n, axis=0)


def as_array(losses, iterations):
    """Convert the losses to an array, after checking that there is one for each iteration."""
    __tracebackhide__ = True
    is_array = isinstance(losses, np.ndarray)
    is_row = losses.ndim == 1 if is_array else isinstance(losses, list | tuple)
    numbers = is_row and all(isinstance(loss, int | float | np.number) for loss in losses)
    if numbers:
        assert_matches(len(losses), iterations, "how many losses train returned")
    else:
        wanted = phrase(
            "{iterations} iterations should give as many numbers", iterations=iterations
        )
        raise Mismatch("the losses", losses, ..., wanted)
    return np.array(losses, dtype=float)


@pytest.mark.core
def test_train_returns_one_loss_for_each_iteration(student, rng):
    """train returns the loss of each batch: one for each iteration."""
    network, params = draw_network(student, rng)
    x, t = draw_one_class(rng, params)
    own = losses_of(params, x, t)
    losses = student.train(network, x, t, iterations=4, batch_size=1, learning_rate=TINY, rng=rng)
    losses = as_array(losses, 4)
    nearest = own[np.abs(losses[:, None] - own).argmin(axis=1)]
    assert_matches(losses, nearest, "losses of batches of one sample", **FLOOR)
    for _ in range(5):
        set_params(network, params)
        losses = student.train(network, x, t, iterations=1, batch_size=1, rng=rng)
        found = float(as_array(losses, 1)[0])
        now = read_params(network, params)
        around = np.concatenate([losses_of(each, x, t) for each in (params, now)])
        nearest = float(around[np.abs(around - found).argmin()])
        what = phrase("the loss of a batch of one sample, before or after the step")
        assert_matches(found, nearest, what, **FLOOR)


@pytest.mark.stretch
def test_train_records_the_loss_before_each_step(student, rng):
    """The losses are those before the steps, so that the first one is untrained."""
    network, params = draw_network(student, rng)
    x, t = repeat_one_sample(rng, params)
    losses = student.train(network, x, t, iterations=3, batch_size=4, learning_rate=0.3, rng=rng)
    expected = []
    for _ in range(3):
        expected.append(losses_of(params, x, t)[0])
        params = step(params, x, t, 0.3)
    assert_matches(as_array(losses, 3), np.array(expected), "losses of three steps", **FLOOR)


@pytest.mark.core(points=3)
def test_train_steps_against_the_gradient(student, rng):
    """Each iteration moves every parameter by -learning_rate times its gradient."""
    network, params = draw_network(student, rng)
    x, t = repeat_one_sample(rng, params)
    learning_rate = rng.uniform(0.05, 0.2)
    student.train(network, x, t, iterations=1, batch_size=4, learning_rate=learning_rate, rng=rng)
    expected = step(params, x, t, learning_rate)
    assert_matches(network.params, expected, "params after one step", **EXACT)


def ends_of(network, params, *ways):
    """What ways to train a network make of the same parameters, after checking that they move."""
    __tracebackhide__ = True
    ends = []
    for way in ways:
        set_params(network, params)
        way()
        ends.append(read_params(network, params))
        if all(np.array_equal(ends[-1][key], params[key]) for key in KEYS):
            raise Mismatch("params", ends[-1], params, phrase("train has changed nothing"))
    return ends


@pytest.mark.core
def test_train_computes_the_gradient_anew_in_each_iteration(student, rng):
    """The second and third steps start from the result of the step before."""
    network, params = draw_network(student, rng)
    x, t = repeat_one_sample(rng, params)

    def train(iterations):
        student.train(network, x, t, iterations=iterations, batch_size=4, rng=rng)

    apart, at_once = ends_of(
        network, params, lambda: [train(1) for _ in range(3)], lambda: train(3)
    )
    what = phrase("params after three steps in one call, compared with three calls")
    assert_matches(at_once, apart, what, **EXACT)


@pytest.mark.core
def test_train_takes_steps_of_a_tenth_by_default(student, rng):
    """Without learning_rate a step is 0.1 times the gradient."""
    network, params = draw_network(student, rng)
    x, t = repeat_one_sample(rng, params, 120)

    def train(**keywords):
        student.train(network, x, t, iterations=1, rng=rng, **keywords)

    asked, by_default = ends_of(network, params, lambda: train(learning_rate=0.1), train)
    what = phrase("params after one step, compared with learning_rate=0.1")
    assert_matches(by_default, asked, what, **EXACT)
    shares(network, params, x[:1], t[:1])


@pytest.mark.core(points=2)
def test_train_changes_the_arrays_that_the_layers_hold(student, rng):
    """What train learns reaches the layers: predict uses the changed parameters."""
    network, params = draw_network(student, rng)
    x, t = repeat_one_sample(rng, params)
    student.train(network, x, t, iterations=1, batch_size=4, learning_rate=0.3, rng=rng)
    shares(network, params, x[:1], t[:1])
    now = read_params(network, params)
    assert_matches(network.predict(x), scores(now, x), "predict(x) after a step", rtol=1e-6)
    expected = hidden(now, x), np.maximum(hidden(now, x), 0), scores(now, x)
    for name, out in zip(("Affine1", "Relu1", "Affine2"), expected, strict=True):
        x = network.layers[name].forward(x)
        assert_matches(x, out, phrase("what leaves layers[{name}]", name=repr(name)), rtol=1e-6)


@pytest.mark.core(points=2)
def test_train_draws_samples_with_their_own_labels(student, rng):
    """An image and its label stay together, whatever batch they are drawn into."""
    network, params = draw_network(student, rng)
    x, t = draw_distinct_samples(rng, params)
    for _ in range(5):
        set_params(network, params)
        student.train(network, x, t, iterations=1, batch_size=1, rng=rng)
        shares(network, params, x, t)


@pytest.mark.core
def test_train_draws_a_new_batch_in_each_iteration(student, rng):
    """Over many iterations every sample is drawn."""
    network, params = draw_network(student, rng)
    x, t = draw_one_class(rng, params)
    student.train(network, x, t, iterations=200, batch_size=1, learning_rate=TINY, rng=rng)
    times = 200 * shares(network, params, x, t, atol=1e-5)  # the steps are nearly lost in params
    what = "how many of 8 samples params were changed for in 200 iterations"
    assert_matches(int(np.count_nonzero(times > 0.5)), len(x), what)


@pytest.mark.core(points=2)
def test_train_draws_as_many_samples_as_batch_size_says(student, rng):
    """A batch has batch_size samples, 100 by default."""
    network, params = draw_network(student, rng)
    kinds = x, t = draw_one_class(rng, params, 2)
    x, t = np.tile(x, (80, 1)), np.tile(t, (80, 1))  # two kinds of samples, 80 of each
    for keywords, size in [({"batch_size": 7}, 7), ({}, 100)]:
        of_second = []
        for _ in range(20):
            set_params(network, params)
            student.train(network, x, t, iterations=1, rng=rng, **keywords)
            of_second.append(size * shares(network, params, *kinds)[1])
        assert_batches(np.array(of_second), size)


def assert_batches(of_second, size):
    """Check that batches of so many samples fit the numbers of one of two kinds in them."""
    __tracebackhide__ = True
    whole = np.round(of_second)
    what = phrase("samples of one of two kinds in batches of {size}", size=size)
    assert_matches(of_second, whole, what, rtol=0, atol=0.2)
    what = phrase("whether batches of {size} differ", size=size)
    assert_matches(len(np.unique(whole)) > 1, True, what)
    # Batches of 50 would fit as well, but then all these counts would be even.
    divisor = int(np.gcd.reduce([size, *whole.astype(int)]))
    what = phrase("what divides the number of samples in batches of {size}", size=size)
    assert_matches(divisor, 1, what)


@pytest.mark.core
def test_train_lowers_the_loss(student, rng):
    """On a small set that can be learned, the loss falls to a tenth."""
    network = student.module("two_layer_net").TwoLayerNet(C, 20, C, weight_init_std=0.3)
    shapes = {"W1": (C, 20), "b1": (20,), "W2": (20, C), "b2": (C,)}
    start = read_params(network, {key: np.zeros(shape) for key, shape in shapes.items()})
    x = np.tile(np.eye(C), (10, 1)) + rng.normal(0, 0.1, size=(10 * C, C))
    t = np.tile(np.eye(C), (10, 1))
    student.train(network, x, t, iterations=300, batch_size=20, learning_rate=0.5, rng=rng)
    params = read_params(network, start)
    reached = float(np.mean(losses_of(params, x, t)))
    assert_matches(reached, min(reached, LEARNED), "loss of the set, computed from params")
    # Probabilities sum to 1, so no gradient of the loss changes these sums; a search does.
    sums = {key: params[key].sum(axis=-1) for key in ("W2", "b2")}
    kept = {key: start[key].sum(axis=-1) for key in ("W2", "b2")}
    assert_matches(sums, kept, "sums of params over the classes, which no gradient changes")


@pytest.mark.stretch
def test_train_is_repeatable_with_the_same_rng(student, rng):
    """The same state of rng gives the same training; another state does not."""
    runs, ends = [], []
    network, params = draw_network(student, rng)
    x, t = draw_distinct_samples(rng, params)
    for seed in (3, 3, 4):
        set_params(network, params)
        losses = student.train(
            network, x, t, iterations=30, batch_size=2, rng=np.random.default_rng(seed)
        )
        runs.append(as_array(losses, 30))
        ends.append(read_params(network, params))
    assert_matches(runs[1], runs[0], "losses of a second run from the same state", rtol=1e-12)
    assert_matches(ends[1], ends[0], "params of a second run from the same state", rtol=1e-12)
    different = bool(np.any(runs[2] != runs[0]))
    assert_matches(different, True, "whether another state gives other losses")
    different = any(np.any(ends[2][key] != ends[0][key]) for key in KEYS)
    assert_matches(different, True, "whether another state gives other params")


@pytest.mark.stretch
def test_train_leaves_the_training_data_alone(student, rng):
    """train writes into neither x_train nor t_train."""
    network, params = draw_network(student, rng)
    images, targets = draw_distinct_samples(rng, params)
    x, t = student.array(images), student.array(targets)
    student.train(network, x, t, iterations=1, batch_size=4, rng=rng)
    shares(network, params, images, targets)
    assert_matches(x, images, "x_train, after train")
    assert_matches(t, targets, "t_train, after train")


@lru_cache(2)  # with hidden and with public inputs; some 200 MB each
def digits(seed):
    """The real digits in disguise, computed once for all submissions.

    The classes are renamed, and the pixels are permuted, negated at random, and mixed in groups of
    sixteen by a Hadamard matrix. Together that is a rotation, which makes no difference to a
    network that begins with an affine layer; but weights trained beforehand no longer fit.
    """
    from dataset.mnist import load_mnist

    (x_train, t_train), (x_test, t_test) = load_mnist()
    rng = np.random.default_rng(seed)
    renamed = rng.permutation(10)
    order, signs = rng.permutation(784), rng.choice([-1, 1], size=784).astype(np.float32)
    pair = np.array([[1, 1], [1, -1]], np.float32) / np.sqrt(2, dtype=np.float32)
    mix = np.kron(np.kron(pair, pair), np.kron(pair, pair))

    def disguise(x):
        return ((x[:, order] * signs).reshape(-1, 16) @ mix).reshape(x.shape)

    one_hot = np.eye(10, dtype=np.float32)[renamed[t_train]]
    return (disguise(x_train), one_hot), (disguise(x_test), renamed[t_test])


def load_digits(student, exercise_rng):
    """What the learner's side trains on, and what only this side tests with."""
    (x_train, t_train), test = digits(int(exercise_rng.integers(2**63)))
    return (student.share(x_train), student.share(t_train)), test


SHAPES = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}


def learned_by(network):
    """The parameters of a network for the digits, after checking that they have their shapes."""
    __tracebackhide__ = True
    params = {}
    for key, shape in SHAPES.items():
        value = network.params[key][...]
        if not isinstance(value, np.ndarray) or value.shape != shape or value.dtype.kind != "f":
            raise Mismatch(f"params[{key!r}]", value, ..., "not the shape it began with")
        params[key] = value
    return params


def accuracy(params, x_test, labels):
    """The fraction of right guesses. The learner's side never gets a test image."""
    with np.errstate(all="ignore"):
        single = {key: value.astype(np.float32) for key, value in params.items()}
        guesses = scores(single, x_test).argmax(axis=1)
    return float(np.mean(guesses == labels))


def new_network(student):
    """A network of the learner's for the digits."""
    return student.module("two_layer_net").TwoLayerNet(784, 50, 10)


def train_one_epoch(student, training_set, rng):
    """What 600 steps at the default rate make of the parameters."""
    network = new_network(student)
    student.train(network, *training_set, iterations=600, rng=rng)
    return learned_by(network)


@pytest.mark.core
@pytest.mark.budget(60)
@pytest.mark.rests_on(*SMALL)
def test_train_reaches_88_percent_of_real_digits_in_one_epoch(student, rng, exercise_rng, kept):
    """After one epoch, 600 steps, more than 88% of the test images are right."""
    training_set, test_set = load_digits(student, exercise_rng)
    kept["params"] = train_one_epoch(student, training_set, rng)
    reached = accuracy(kept["params"], *test_set)
    assert_matches(reached, max(reached, 0.88), "accuracy on the 10,000 test images")


@pytest.mark.core(points=2)
@pytest.mark.budget(60)
@pytest.mark.rests_on(*SMALL, ONE_EPOCH)
def test_train_reads_more_than_95_percent_of_real_digits(
    student, rng, exercise_rng, kept, progress
):
    """More than 95% of the test images are right within 10,000 steps."""
    training_set, test_set = load_digits(student, exercise_rng)
    params = kept.get("params") or train_one_epoch(student, training_set, rng)
    network = new_network(student)
    set_params(network, params)
    small = {"batch_size": 50, "rng": rng}
    for steps in (750, *[100] * 49):  # 10,000 with those below, and with the epoch before
        student.train(network, *training_set, iterations=steps, learning_rate=0.5, **small)
        # Large steps on few samples learn fast, but end at random around what they look for.
        student.train(network, *training_set, iterations=75, **small)
        reached = accuracy(learned_by(network), *test_set)
        progress(f"{steps + 75} more steps | test_acc: {reached:.3f}")
        if reached > 0.95:
            break
    assert_matches(reached, max(reached, 0.9501), "accuracy on the 10,000 test images")
