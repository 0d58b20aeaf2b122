"""The known figures of the course: what the reference and the textbook's code are known to give."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from dataset.mnist import load_mnist
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.submissions.class_folder import collect
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
ACCURACY = {1: 0.907, 5: 0.948, 10: 0.963, 16: 0.969}  # after so many epochs, each +- 0.003
DIFFERENCES = {"W1": 4e-10, "b1": 3e-9, "W2": 6e-9, "b2": 1.4e-7}


@pytest.fixture(scope="module")
def digits():
    return load_mnist(one_hot_label=True)


@pytest.mark.thorough
def test_training_goes_through_the_known_accuracies(digits):
    """The reference reads as many test images as it is known to after 1, 5, 10 and 16 epochs."""
    (x_train, t_train), (x_test, t_test) = digits
    rng = np.random.default_rng(1)
    reached = {}
    with importable(read_modules(ROOT / "solutions", COURSE)):
        mnist = importlib.import_module("mnist")
        network = mnist.TwoLayerNet(784, 50, 10, rng=rng, dtype=np.float32)
        for epoch in range(1, 17):
            losses = mnist.train(network, x_train, t_train, iterations=600, rng=rng)
            assert len(losses) == 600
            if epoch in ACCURACY:
                reached[epoch] = network.accuracy(x_test, t_test)
    assert reached == pytest.approx(ACCURACY, abs=0.006)


@pytest.mark.thorough
def test_900_steps_of_a_convolutional_network_beat_10_000_of_two_layers():
    """As lesson 13 says: 16 filters of 5 x 5, float32, from the weights of `__init__`."""
    (x_train, t_train), (x_test, t_test) = load_mnist(flatten=False, one_hot_label=True)
    rng = np.random.default_rng(1)
    conv_param = {"filter_num": 16, "filter_size": 5, "pad": 0, "stride": 1}
    with importable(read_modules(ROOT / "solutions", COURSE)):
        conv_net = importlib.import_module("conv_net")
        network = conv_net.SimpleConvNet(conv_param=conv_param, rng=rng, dtype=np.float32)
        conv_net.train(network, x_train, t_train, iterations=900, learning_rate=0.002, rng=rng)
        assert network.accuracy(x_test, t_test) > ACCURACY[16] + 0.003


@pytest.mark.thorough
def test_the_gradient_check_shows_the_known_differences(digits):
    """In the textbook's own network, its log(y + 1e-7) included, with three images and no kink."""
    (x_train, t_train), _ = digits
    x, t = x_train[:3].astype(float), t_train[:3]
    (textbook,) = collect(ROOT / "tests" / "textbook", COURSE).entries
    with importable(textbook.read().sources):
        two_layer_net = importlib.import_module("two_layer_net")
        for seed in range(100):
            np.random.seed(seed)
            network = two_layer_net.TwoLayerNet(784, 50, 10)
            if np.abs(network.layers["Affine1"].forward(x)).min() > 1e-3:
                break
        numerical, analytic = network.numerical_gradient(x, t), network.gradient(x, t)
    for key, known in DIFFERENCES.items():
        difference = np.abs(numerical[key] - analytic[key]).mean()
        assert known / 2 < difference < known * 2, key
