"""What the disguise of 13's digits is worth: weights trained beforehand, packed into a source.

A network is trained on the original digits, and its weights are packed as a submission could hold
them. Then it reads the disguised test images of a few secrets: as it is, after an attempt to
undo the disguise by means of 300 training images and their labels, and after some steps of training
from there.
"""

import argparse
import base64
import importlib.util
import os
import zlib
from itertools import product
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from dataset.mnist import load_mnist
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.worker.module_loader import importable

ROOT = Path(__file__).resolve().parents[2]
LEVELS = 127  # a weight is stored as one of 255 numbers


def read_spec():
    """Import the spec of 13, for its disguise and its formulas."""
    found = importlib.util.spec_from_file_location(
        "spec_of_13", ROOT / "tests" / "specs" / "test_13_conv_net.py"
    )
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def train(spec, params, x_train, t_train, steps, shift=0):
    """What the reference makes of weights; each batch is shifted by up to so many pixels."""
    with importable(read_modules(ROOT / "solutions", find_course(ROOT))):
        conv_net = importlib.import_module("conv_net")
        network = conv_net.SimpleConvNet(
            conv_param=spec.DIGITS, hidden_size=spec.HIDDEN, dtype=np.float32
        )
        spec.set_params(network, params)
        rng = np.random.default_rng(0)
        optimizer = conv_net.Adam(lr=0.002)
        for _ in range(steps):
            batch = rng.integers(len(x_train), size=100)
            x = np.roll(x_train[batch], rng.integers(-shift, shift + 1, size=2), axis=(2, 3))
            optimizer.update(network.params, network.gradient(x, t_train[batch]))
    return dict(network.params)


def train_beforehand(spec, steps, shift):
    """Weights for the original digits."""
    (x_train, t_train), _ = load_mnist(flatten=False, one_hot_label=True)
    start = spec.start_weights(np.random.default_rng(0))
    return train(spec, start, x_train, t_train, steps, shift)


def pack(params):
    """Return the weights as text, and as what is read from it again."""
    text, read = "", {}
    for key, param in params.items():
        scale = float(np.abs(param).max()) / LEVELS
        small = np.rint(param / scale).astype(np.int8)
        text += base64.b85encode(zlib.compress(small.tobytes(), 9)).decode()
        read[key] = (small * scale).astype(np.float32)
    return text, read


def turned(params, turns, is_mirrored, sign, shift):
    """The weights of a network that reads images disguised in this way.

    Turning, mirroring and the sign can be passed on to weights exactly. A shift by four pixels is
    one position of the pooled maps; what is left of it cannot be undone by weights.
    """
    W1, W2 = params["W1"], params["W2"].reshape(16, 7, 7, -1)
    W1, W2 = np.rot90(W1, turns, axes=(2, 3)), np.rot90(W2, turns, axes=(1, 2))
    if is_mirrored:
        W1, W2 = W1[..., ::-1], W2[:, :, ::-1]
    W2 = np.roll(W2, [round(pixels / 4) for pixels in shift], axis=(1, 2))
    return params | {"W1": sign * W1, "W2": W2.reshape(784, -1)}


def undo(spec, params, images, labels):
    """The variant that fits a few training images best, with its classes renamed."""
    best, found = -1.0, None
    for turns, is_mirrored, sign in product(range(4), range(2), (-1, 1)):
        for shift in product((-4, 0, 4), repeat=2):
            variant = turned(params, turns, is_mirrored, np.float32(sign), shift)
            guesses = spec.forward(variant, images, spec.DIGITS)["Affine2"].argmax(axis=1)
            counts = np.zeros((10, 10))
            np.add.at(counts, (guesses, labels), 1)
            if counts.max(axis=1).sum() > best:
                best, found = counts.max(axis=1).sum(), (variant, counts.argmax(axis=1))
    variant, names = found
    W3, b3 = np.zeros((spec.HIDDEN, 10), np.float32), np.full(10, -1e9, np.float32)
    W3[:, names], b3[names] = variant["W3"], variant["b3"]
    return variant | {"W3": W3, "b3": b3}


def main() -> None:
    """Train, pack, and read the digits of a few secrets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3_000, help="of the training beforehand")
    parser.add_argument("--shift", type=int, default=0, help="of images of that training")
    parser.add_argument("--further", type=int, default=0, help="steps from what was undone")
    parser.add_argument("--secrets", type=int, default=6, help="how many disguises are tried")
    asked = parser.parse_args()
    spec = read_spec()
    params = train_beforehand(spec, asked.steps, asked.shift)
    text, read = pack(params)
    _, (x_test, t_test) = load_mnist(flatten=False)
    print(f"{asked.steps} steps beforehand: {spec.accuracy(params, x_test, t_test):.4f}")
    print(f"packed: {len(text) / 1024:.1f} KiB; {spec.accuracy(read, x_test, t_test):.4f}")
    for secret in range(asked.secrets):
        (x_train, t_train), test_set = spec.digits(secret)
        undone = undo(spec, read, x_train[:300], t_train[:300].argmax(axis=1))
        told = [f"{spec.accuracy(read, *test_set):.4f} as it is"]
        told += [f"{spec.accuracy(undone, *test_set):.4f} undone"]
        if asked.further:
            further = train(spec, undone, x_train, t_train, asked.further)
            told += [
                f"{spec.accuracy(further, *test_set):.4f} after {asked.further} steps from there"
            ]
        print(f"secret {secret}: {', '.join(told)}", flush=True)
        spec.digits.cache_clear()


if __name__ == "__main__":
    main()
