"""The spec of 13: a convolutional network and its training, first on small sets, then on digits.

Expected values come from the formulas below, which use no layers: windows times filters, and the
chain rule. Batches are drawn so that all windows of pooling have one maximum.
"""

from functools import lru_cache

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

DIM, F, H, C = (2, 8, 8), 3, 5, 4
PLAIN = {"filter_num": F, "filter_size": 3, "pad": 0, "stride": 1}
WIDE = {"filter_num": F, "filter_size": 6, "pad": 4, "stride": 2}  # no other multiple of pad fits
BOOK = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
KEYS = ("W1", "b1", "W2", "b2", "W3", "b3")
SMALL = (
    "test_SimpleConvNet_starts_with_small_random_weights",
    "test_SimpleConvNet_predict_returns_the_scores",
    "test_SimpleConvNet_is_built_as_conv_param_says",
    "test_SimpleConvNet_layers_hold_the_very_arrays_of_params",
    "test_SimpleConvNet_loss_is_the_mean_cross_entropy",
    "test_SimpleConvNet_accuracy_is_the_share_of_right_guesses",
    "test_SimpleConvNet_gradient_of_the_affine_layers",
    "test_SimpleConvNet_gradient_of_the_filters",
    "test_train_steps_as_Adam_does",
    "test_train_takes_a_thousandth_and_batches_of_100_by_default",
    "test_train_draws_images_with_their_own_labels",
    "test_train_returns_the_loss_of_a_new_batch_in_each_iteration",
)
TINY = 1e-10  # a learning rate with which a few steps change no loss
FLOOR = {"rtol": 1e-5, "atol": 1e-6}  # leaves room for log(y + 1e-7)
EXACT = {"rtol": 1e-10, "atol": 1e-14}  # back-propagation is, differences of the loss are not
BOOKS_FLOOR = 1e-7 / np.sqrt(0.001)  # the book adds 1e-7 before it corrects the averages


def forward(params, x, conv=PLAIN):
    """What leaves each layer, by its name; and the windows of x, under "windows"."""
    pad, size = conv["pad"], conv["filter_size"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, (size, size), axis=(2, 3))
    windows = windows[:, :, :: conv["stride"], :: conv["stride"]]
    maps = np.tensordot(windows, params["W1"], axes=((1, 4, 5), (1, 2, 3))) + params["b1"]
    maps = np.moveaxis(maps, 3, 1)
    positive = np.maximum(maps, 0)
    pooled = tiles_of(positive).max(axis=(3, 5))
    hidden = pooled.reshape(len(x), -1) @ params["W2"] + params["b2"]
    active = np.maximum(hidden, 0)
    scores = active @ params["W3"] + params["b3"]
    outs = maps, positive, pooled, hidden, active, scores
    names = "Conv1", "Relu1", "Pool1", "Affine1", "Relu2", "Affine2"
    return {"windows": windows, **dict(zip(names, outs, strict=True))}


def tiles_of(maps):
    """Cut maps into windows of 2 x 2, on axes 3 and 5; an odd row or column is left out."""
    n, f, rows, columns = maps.shape
    whole = maps[:, :, : rows // 2 * 2, : columns // 2 * 2]
    return whole.reshape(n, f, rows // 2, 2, columns // 2, 2)


def losses_of(params, x, t, conv=PLAIN):
    """The loss of each sample."""
    return entropy(forward(params, x, conv)["Affine2"], t)


def entropy(z, t):
    """The cross-entropy of softmax(z) of each sample."""
    top = z.max(axis=1, keepdims=True)
    return np.log(np.exp(z - top).sum(axis=1)) + top[:, 0] - (z * t).sum(axis=1)


def slopes(params, x, t, conv=PLAIN):
    """The gradients of the mean loss, by the chain rule without layers."""
    outs = forward(params, x, conv)
    z, maps, pooled = outs["Affine2"], outs["Conv1"], outs["Pool1"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    dz = (e / e.sum(axis=1, keepdims=True) - t) / len(x)
    dhidden = dz @ params["W3"].T * (outs["Affine1"] > 0)
    dpooled = (dhidden @ params["W2"].T).reshape(pooled.shape)[:, :, :, None, :, None]
    at_maximum = tiles_of(outs["Relu1"]) == pooled[:, :, :, None, :, None]
    dmaps = np.zeros_like(maps)
    rows, columns = (2 * size for size in pooled.shape[2:])
    dmaps[:, :, :rows, :columns] = (at_maximum * dpooled).reshape(*maps.shape[:2], rows, columns)
    dmaps *= maps > 0
    return {
        "W1": np.tensordot(dmaps, outs["windows"], axes=((0, 2, 3), (0, 2, 3))),
        "b1": dmaps.sum(axis=(0, 2, 3)),
        "W2": pooled.reshape(len(x), -1).T @ dhidden,
        "b2": dhidden.sum(axis=0),
        "W3": outs["Relu2"].T @ dz,
        "b3": dz.sum(axis=0),
    }


def adam(params, x, t, learning_rate, steps, floor=1e-8):
    """The parameters after steps of Adam, all on this batch."""
    m = v = dict.fromkeys(KEYS, 0.0)
    for i in range(1, steps + 1):
        grads = slopes(params, x, t)
        m = {key: 0.9 * m[key] + 0.1 * grads[key] for key in KEYS}
        v = {key: 0.999 * v[key] + 0.001 * grads[key] ** 2 for key in KEYS}
        params = {
            key: params[key]
            - learning_rate * m[key] / (1 - 0.9**i) / (np.sqrt(v[key] / (1 - 0.999**i)) + floor)
            for key in KEYS
        }
    return params


def shapes_of(dim=DIM, conv=PLAIN, hidden=H, classes=C):
    """The shape of each parameter."""
    channels, number, size = dim[0], conv["filter_num"], conv["filter_size"]
    rows, columns = ((n + 2 * conv["pad"] - size) // conv["stride"] + 1 for n in dim[1:])
    return {
        "W1": (number, channels, size, size),
        "b1": (number,),
        "W2": (number * (rows // 2) * (columns // 2), hidden),
        "b2": (hidden,),
        "W3": (hidden, classes),
        "b3": (classes,),
    }


def draw_params(rng, shapes):
    """Parameters of moderate size, the biases not zero."""
    return {key: rng.normal(0, 0.3, size=shape) for key, shape in shapes.items()}


def draw_positive_params(rng, shapes):
    """Parameters that keep all inputs of a ReLU positive, where the images are positive.

    Here a ReLU that is missing, or in the wrong place, makes no difference.
    """
    params = {key: np.abs(value) for key, value in draw_params(rng, shapes).items()}
    return params | {"W2": params["W2"] / 4, "W3": rng.normal(0, 0.1, size=shapes["W3"])}


def one_hot(rng, n):
    """Targets of n samples: all classes, if there is room."""
    return np.eye(C)[rng.permutation(np.arange(n) % C)]


def draw(rng, n=6, conv=PLAIN, dim=DIM, positive=False):
    """Parameters, images and targets at which the gradient is certain.

    No input of a ReLU is near its kink, no maximum of a window near another number, unless ReLU
    made both 0, and no right class has a probability near 0, where log(y + 1e-7) differs.
    """
    shapes = shapes_of(dim, conv)
    while True:
        params = (draw_positive_params if positive else draw_params)(rng, shapes)
        images = rng.uniform(0.2, 1, size=(n, *dim)) if positive else rng.normal(size=(n, *dim))
        t = one_hot(rng, n)
        if is_certain(params, images, t, conv):
            return params, images, t


def is_certain(params, x, t, conv=PLAIN):
    """Whether the gradient is the same nearby, and the loss that of a likely class."""
    outs = forward(params, x, conv)
    tiles = np.moveaxis(tiles_of(outs["Relu1"]), 3, 4)
    top = np.sort(tiles.reshape(-1, 4), axis=1)[:, -2:]
    near = (top[:, 1] > 0) & (top[:, 1] - top[:, 0] < 1e-5)
    kinks = min(np.abs(outs[name]).min() for name in ("Conv1", "Affine1"))
    return kinks > 1e-5 and not near.any() and entropy(outs["Affine2"], t).max() < 3


def build(student, params, conv=PLAIN, dim=DIM):
    """The learner's network, with these parameters assigned in place.

    Before, all of them are 0: where one is copied, it makes no difference which numbers were drawn.
    """
    network = student.SimpleConvNet(dim, conv, *params["W3"].shape, 0.0)
    set_params(network, params)
    return network


def set_params(network, params):
    """Assign these parameters in place."""
    for key in KEYS:
        network.params[key][...] = params[key]


def read_params(network, like):
    """The network's parameters, after checking that they are arrays of this shape, and finite."""
    __tracebackhide__ = True
    params = network.params[...]
    assert_matches(params, like, "params", atol=1e6)
    return {key: params[key] for key in KEYS}


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


def assert_back_propagates(student, rng, keys, positive):
    """Check gradients to all digits, those of two batches, and tiny ones.

    With W3 near 0, the gradients before it are about 1e-300. Such a number is like any other for
    back-propagation, but it is lost in a difference of two losses, and in a tiny step.
    """
    __tracebackhide__ = True
    params, x, t = draw(rng, positive=positive)
    network = build(student, params)
    for n in (6, 4):
        set_params(network, params)
        found, expected = network.gradient(x[:n], t[:n]), slopes(params, x[:n], t[:n])
        assert_matches(found, {key: expected[key] for key in keys}, "gradient(x, t)", **EXACT)
    assert_matches(network.params, params, "params, after gradient(x, t)", atol=0)
    tiny = params | {"W3": 1e-300 * params["W3"]}
    set_params(network, tiny)
    found, expected = network.gradient(x, t), slopes(tiny, x, t)
    before = {key: expected[key] for key in keys if key not in ("W3", "b3")}
    assert_matches(found, before, phrase("gradient(x, t), with tiny W3"), rtol=1e-10, atol=1e-312)


def assert_has_shapes(params, shapes):
    """Check shapes alone: nobody can say which numbers were expected of random weights."""
    __tracebackhide__ = True
    for key, shape in shapes.items() if isinstance(params, dict) else ():
        found = params.get(key)
        if isinstance(found, np.ndarray) and found.shape != shape:
            told = phrase("the shape {shape} was expected", shape=shape)
            raise Mismatch("params", found, ..., told, (key,))


@pytest.mark.core
def test_SimpleConvNet_starts_with_small_random_weights(student):
    """Weights start normally distributed with weight_init_std, biases at 0."""
    conv = {"filter_num": 60, "filter_size": 5, "pad": 0, "stride": 1}
    shapes = shapes_of((1, 8, 8), conv, 40, 30)
    for std, options in ((0.01, {}), (0.2, {"weight_init_std": 0.2})):
        params = student.SimpleConvNet((1, 8, 8), conv, 40, 30, **options).params[...]
        assert_has_shapes(params, shapes)
        like = {key: np.zeros(shape) for key, shape in shapes.items()}
        assert_matches(params, like, "params", atol=6 * std)
        biases = {key: like[key] for key in ("b1", "b2", "b3")}
        assert_matches(params, biases, "params", atol=0)
        for key in ("W1", "W2", "W3"):
            what = phrase(
                "standard deviation of {key} for weight_init_std = {std}", key=key, std=std
            )
            assert_matches(spread_of(params[key], std), std, what, rtol=0.1)
    params = student.SimpleConvNet().params
    for key, shape in shapes_of((1, 28, 28), BOOK, 100, 10).items():
        what = phrase("shape of {key}, by default", key=key)
        assert_matches(params[key].shape, shape, what)


def spread_of(weights, std):
    """The standard deviation; if it is far off, to the digit that is the same for all draws."""
    found = float(weights.std())
    rounded = float(f"{found:.1g}")
    return found if np.isclose(rounded, std, rtol=0.15) else rounded


@pytest.mark.core(points=2)
def test_SimpleConvNet_predict_returns_the_scores(student, rng):
    """predict sends x through the layers, Conv1 to Affine2: these are the scores."""
    params, x, _ = draw(rng)
    network, outs = build(student, params), forward(params, x)
    scores = outs.pop("Affine2")
    assert_matches(network.predict(x), scores, "predict(x)", rtol=1e-6)
    del outs["windows"]
    for name, out in outs.items():
        x = network.layers[name].forward(x)
        assert_matches(x, out, phrase("what leaves layers[{name}]", name=repr(name)), rtol=1e-6)
        x = x[...].reshape(len(out), -1) if name == "Pool1" else x


@pytest.mark.core
def test_SimpleConvNet_is_built_as_conv_param_says(student, rng):
    """filter_num, filter_size, pad and stride of conv_param shape the network."""
    params, x, _ = draw(rng, conv=WIDE, positive=True)
    network = build(student, params, WIDE)
    expected = forward(params, x, WIDE)
    assert_matches(network.layers["Conv1"].forward(x), expected["Conv1"], "what leaves Conv1")
    assert_matches(network.predict(x), expected["Affine2"], "predict(x)", rtol=1e-6)


@pytest.mark.core
def test_SimpleConvNet_layers_hold_the_very_arrays_of_params(student, rng):
    """Changing params in place changes predict, in each of two networks."""
    networks = [student.SimpleConvNet(DIM, PLAIN, H, C, 0.0) for _ in range(2)]
    for _ in range(2):
        drawn = [draw(rng, positive=True) for _ in networks]
        for network, (params, _, _) in zip(networks, drawn, strict=True):
            set_params(network, params)
        for network, (params, x, _) in zip(networks, drawn, strict=True):
            scores = forward(params, x)["Affine2"]
            assert_matches(network.predict(x), scores, "predict(x)", rtol=1e-6)


@pytest.mark.core
def test_SimpleConvNet_loss_is_the_mean_cross_entropy(student, rng):
    """loss is the cross-entropy of softmax(predict(x)), averaged over the batch."""
    params, x, t = draw(rng, positive=True)
    network = build(student, params)
    expected = float(entropy(own_scores(network, x), t).mean())
    assert_matches(network.loss(x, t), expected, "loss(x, t)", **FLOOR)


def own_scores(network, x):
    """The learner's own scores, after checking that they are some: predict is another promise."""
    __tracebackhide__ = True
    scores = network.predict(x)[...]
    assert_matches(scores, np.zeros((len(x), C)), "predict(x)", atol=50)
    return np.array(scores, float)


@pytest.mark.core
def test_SimpleConvNet_accuracy_is_the_share_of_right_guesses(student, rng):
    """accuracy is the fraction of images whose highest score is the right class."""
    params, _, _ = draw(rng, positive=True)
    network, x = build(student, params), rng.uniform(0.2, 1, size=(200, *DIM))
    guesses = own_scores(network, x).argmax(axis=1)
    right = int(rng.integers(60, 90))
    hits = rng.permutation(200) < right  # by chance more of them in one half than in the other
    targets = np.eye(C)[np.where(hits, guesses, (guesses + 1) % C)]
    what = phrase("accuracy(x, t), with {right} right out of 200", right=right)
    assert_matches(network.accuracy(x, targets), right / 200, what)


@pytest.mark.core(points=2)
def test_SimpleConvNet_gradient_of_the_affine_layers(student, rng):
    """gradient returns W2, b2, W3 and b3: by how much the loss grows with each."""
    assert_back_propagates(student, rng, ("W2", "b2", "W3", "b3"), positive=True)


@pytest.mark.core(points=3)
def test_SimpleConvNet_gradient_of_the_filters(student, rng):
    """gradient returns W1 and b1: what flows back through pooling to the filters."""
    assert_back_propagates(student, rng, ("W1", "b1"), positive=False)


@pytest.mark.core(points=3)
def test_train_steps_as_Adam_does(student, rng):
    """Each iteration updates every parameter as Adam does, with learning_rate."""
    learning_rate = float(rng.uniform(0.01, 0.02))
    while True:
        params, x, t = draw(rng, 1, positive=True)
        ends = [adam(params, x, t, learning_rate, 4, floor) for floor in (1e-8, BOOKS_FLOOR)]
        apart = max(np.abs(ends[0][key] - ends[1][key]).max() for key in KEYS)
        if apart < 0.01 * learning_rate:
            break
    x, t = np.repeat(x, 12, axis=0), np.repeat(t, 12, axis=0)  # any batch gives the same step
    network = build(student, params)
    for steps in (1, 4):
        set_params(network, params)
        student.train(
            network, x, t, iterations=steps, batch_size=3, learning_rate=learning_rate, rng=rng
        )
        expected = adam(params, x[:1], t[:1], learning_rate, steps)
        what = phrase("after steps of Adam ({steps}): params", steps=steps)
        assert_matches(network.params, expected, what, rtol=0, atol=0.03 * learning_rate)


@pytest.mark.core
def test_train_takes_a_thousandth_and_batches_of_100_by_default(student, rng):
    """By default, learning_rate is 0.001, and a batch has 100 images."""
    params, x, t = draw(rng, 1, positive=True)
    x, t = np.repeat(x, 120, axis=0), np.repeat(t, 120, axis=0)
    network = build(student, params)
    ends = []
    for keywords in ({"learning_rate": 0.001}, {}):
        set_params(network, params)
        student.train(network, x, t, iterations=1, batch_size=100, rng=rng, **keywords)
        ends.append(read_params(network, params))
    if all(np.array_equal(ends[0][key], params[key]) for key in KEYS):
        raise Mismatch("params", ends[0], params, phrase("train has changed nothing"))
    what = phrase("params after one step, compared with learning_rate=0.001")
    assert_matches(ends[1], ends[0], what, rtol=0, atol=1e-9)
    assert_batches_of(student, rng, 100)


@pytest.mark.core(points=2)
def test_train_draws_images_with_their_own_labels(student, rng):
    """An image and its label stay together, whatever batch they are drawn into."""
    params, x, t, signs = draw_recognisable(rng)
    network = build(student, params)
    what = phrase("part of params that moved as for an image with its own label")
    for _ in range(6):
        set_params(network, params)
        student.train(network, x, t, iterations=1, batch_size=1, learning_rate=TINY, rng=rng)
        now = read_params(network, params)
        moved = np.sign(np.concatenate([(params[key] - now[key]).ravel() for key in KEYS]))
        assert_matches(best_fit(moved, signs), 1.0, what, rtol=0, atol=0.02)


def draw_recognisable(rng):
    """A training set in which the directions of a step tell the image and its label."""
    while True:
        params, x, t = draw(rng, 6)
        signs = directions(params, x, t)
        others = [one for k in range(1, C) for one in directions(params, x, np.roll(t, k, 1))]
        if max(best_fit(one, signs) for one in others) < 0.95:
            return params, x, t, signs


def directions(params, x, t):
    """The sign of the gradient of each parameter, by the loss of each sample."""
    single = [slopes(params, x[i : i + 1], t[i : i + 1]) for i in range(len(x))]
    return [np.sign(np.concatenate([one[key].ravel() for key in KEYS])) for one in single]


def best_fit(moved, signs):
    """The largest share of params that agrees with one of these; up or down does not matter."""
    return max(float(np.mean(moved == way * one)) for one in signs for way in (1, -1))


@pytest.mark.core(points=2)
def test_train_returns_the_loss_of_a_new_batch_in_each_iteration(student, rng):
    """train returns one loss for each iteration, which draws batch_size images."""
    params, x, t = draw_one_class(rng, 6)
    own = losses_of(params, x, t)
    network = build(student, params)
    losses = student.train(network, x, t, iterations=80, batch_size=1, learning_rate=TINY, rng=rng)
    losses = as_array(losses, 80)
    drawn = np.abs(losses[:, None] - own).argmin(axis=1)
    assert_matches(losses, own[drawn], "losses of batches of one sample", **FLOOR)
    what = phrase("how many of 6 images were drawn in 80 iterations")
    assert_matches(len(np.unique(drawn)), len(x), what)
    assert_batches_of(student, rng, 7, batch_size=7)


def draw_one_class(rng, n):
    """Parameters, and images of one class whose losses differ."""
    while True:
        params, x, t = draw(rng, n, positive=True)
        t = np.repeat(t[:1], n, axis=0)
        if np.diff(np.sort(losses_of(params, x, t))).min() > 1e-3:
            return params, x, t


def assert_batches_of(student, rng, size, **keywords):
    """Check how many images a batch has, by the losses of two kinds of images, many of each."""
    __tracebackhide__ = True
    while True:
        params, x, t = draw_one_class(rng, 2)
        first, second = losses_of(params, x, t)
        if abs(first - second) > 0.02:
            break
    network = build(student, params)
    x, t = np.tile(x, (80, 1, 1, 1)), np.tile(t, (80, 1))
    options = {"iterations": 24, "learning_rate": TINY, **keywords}
    losses = as_array(student.train(network, x, t, **options, rng=rng), 24)
    of_second = size * (losses - first) / (second - first)
    whole = np.round(of_second)
    what = phrase("samples of one of two kinds in batches of {size}", size=size)
    assert_matches(of_second, whole, what, rtol=0, atol=0.2)
    what = phrase("whether batches of {size} differ", size=size)
    assert_matches(len(np.unique(whole)) > 1, True, what)
    # Batches of 50 would fit as well as 100, but then all these counts would be even.
    divisor = int(np.gcd.reduce([size, *whole.astype(int)]))
    what = phrase("what divides the number of samples in batches of {size}", size=size)
    assert_matches(divisor, 1, what)


@pytest.mark.stretch
def test_SimpleConvNet_takes_images_of_any_size(student, rng):
    """Oblong images, maps of an odd size, and batches that are not whole work too."""
    dim, conv = (2, 9, 12), {"filter_num": F, "filter_size": 3, "pad": 0, "stride": 1}
    params, x, t = draw(rng, conv=conv, dim=dim)
    network = build(student, params, conv, dim)
    expected = forward(params, x, conv)["Affine2"]
    assert_matches(network.predict(x), expected, "predict(x)", rtol=1e-6)
    assert_matches(network.gradient(x, t), slopes(params, x, t, conv), "gradient(x, t)", **EXACT)
    guesses = expected.argmax(axis=1)
    labels = np.where(np.arange(len(x)) < 4, guesses, (guesses + 1) % C)
    accuracy = network.accuracy(x, np.eye(C)[labels])
    assert_matches(accuracy, 4 / len(x), phrase("accuracy(x, t), with 4 right out of 6"))


@pytest.mark.stretch
def test_SimpleConvNet_and_train_are_repeatable_with_the_same_rng(student, rng):
    """The same rng state gives the same weights, in dtype, and the same training."""
    float32 = student.array(np.zeros(1, np.float32)).dtype.type
    x, t = rng.normal(size=(20, *DIM)), one_hot(rng, 20)
    starts, ends = [], []
    for seed in (3, 3, 4):
        state = np.random.default_rng(seed)
        network = student.SimpleConvNet(DIM, PLAIN, H, C, 0.1, rng=state, dtype=float32)
        starts.append(read_params(network, {k: np.zeros(s) for k, s in shapes_of().items()}))
        state = np.random.default_rng(seed)
        student.train(network, x, t, iterations=5, batch_size=2, rng=state)
        ends.append(read_params(network, starts[0]))
        if any(np.array_equal(ends[-1][key], starts[-1][key]) for key in ("W3", "b3")):
            raise Mismatch("params", ends[-1], starts[-1], phrase("train has changed nothing"))
    for key in KEYS:
        is_single = starts[0][key].dtype == np.float32
        what = phrase("whether params[{key}] is float32, as asked for", key=repr(key))
        assert_matches(is_single, True, what)
    assert_matches(starts[1], starts[0], "with the same state of rng again: params", rtol=1e-12)
    assert_matches(ends[1], ends[0], "params of a second run from the same state", rtol=1e-12)
    for key in ("W1", "W2", "W3"):
        differs = bool(np.any(starts[2][key] != starts[0][key]))
        what = phrase("whether {key} differs, with rng in another state", key=key)
        assert_matches(differs, True, what)


DIGITS = {"filter_num": 16, "filter_size": 6, "pad": 2, "stride": 2}
HIDDEN = 50


@lru_cache(2)  # with hidden and with public inputs; some 200 MB each
def digits(seed):
    """Real digits in disguise, 30,000 of them for training; computed once for all submissions.

    The classes are renamed. All images are turned or mirrored in one of eight ways, shifted by the
    same few pixels, and either have all the sign of the original or the opposite one. That makes
    no difference to a network that begins with a convolution; but weights trained beforehand no
    longer fit.
    """
    from dataset.mnist import load_mnist

    (x_train, t_train), (x_test, t_test) = load_mnist(flatten=False)
    rng = np.random.default_rng(seed)
    renamed, turns, is_mirrored = rng.permutation(10), rng.integers(4), rng.integers(2)
    shift, sign = rng.integers(-3, 4, size=2), rng.choice([-1, 1]).astype(np.float32)

    def disguise(x):
        x = np.rot90(x, turns, axes=(2, 3))
        x = x[..., ::-1] if is_mirrored else x
        return np.ascontiguousarray(sign * np.roll(x, shift, axis=(2, 3)))

    one_hot = np.eye(10, dtype=np.float32)[renamed[t_train[:30_000]]]
    return (disguise(x_train[:30_000]), one_hot), (disguise(x_test), renamed[t_test])


def start_weights(rng):
    """Parameters to start from: what a network was given when it was made is not used."""
    shapes = shapes_of((1, 28, 28), DIGITS, HIDDEN, 10)
    params = {key: np.zeros(shape) for key, shape in shapes.items()}
    for key, fan_in in (("W1", 36), ("W2", len(params["W2"])), ("W3", HIDDEN)):
        params[key] = rng.normal(0, np.sqrt(2 / fan_in), size=shapes[key])
    return params


def accuracy(params, x_test, labels):
    """The fraction of right guesses. The learner's side never gets a test image."""
    single = {key: value.astype(np.float32) for key, value in params.items()}
    right = 0
    with np.errstate(all="ignore"):
        for start in range(0, len(x_test), 500):
            batch = slice(start, start + 500)
            scores = forward(single, x_test[batch], DIGITS)["Affine2"]
            right += np.count_nonzero(scores.argmax(axis=1) == labels[batch])
    return right / len(x_test)


@pytest.mark.core(points=3)
@pytest.mark.budget(180)
@pytest.mark.rests_on(*SMALL)
def test_train_reads_more_than_97_percent_of_real_digits(student, rng, exercise_rng, progress):
    """More than 97% of the test images are right within 900 steps."""
    (x_train, t_train), test_set = digits(int(exercise_rng.integers(2**63)))
    training_set = student.share(x_train), student.share(t_train)
    start = start_weights(rng)
    network = build(student, start, DIGITS, (1, 28, 28))
    done = 0
    for steps in (300, 150, 150, 150, 150):
        student.train(network, *training_set, iterations=steps, learning_rate=0.004, rng=rng)
        done += steps
        reached = accuracy(read_params(network, start), *test_set)
        progress(f"{done} steps | test_acc: {reached:.3f}")
        if reached > 0.97:
            break
    assert_matches(reached, max(reached, 0.9701), "accuracy on the 10,000 test images")
