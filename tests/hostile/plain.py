"""A naive grader, to show that the attacks work: it runs the submission in its own process.

Copied into the folder of a submission as ``test_plain.py`` and called as ``python test_plain.py
STYLE``, it tests the exercise in the same folder. Exit code 0 means that the submission
has passed.
"""

import os
import resource
import sys
import unittest

import numpy as np

STYLE = os.environ.get("STYLE", "testing")
EXAMPLE = {"x": np.array([[1.0, 1.0]]), "expected": [[14.0, 26.0]]}
OPEN = open(__file__)  # like a grader that has a file open


def equal(returned, expected):
    assert np.all(returned == expected)


def allclose(returned, expected):
    assert np.allclose(returned, expected)


def relative(returned, expected):
    error = abs(returned - expected) / (abs(returned) + abs(expected))
    assert not np.any(error > 1e-7)


def shape(returned, expected):
    assert returned.shape == expected.shape


def assert_close(returned, expected):
    np.testing.assert_allclose(returned, expected, rtol=1e-7)


COMPARISONS = {"equal": equal, "allclose": allclose, "relative": relative, "shape": shape}
compare = COMPARISONS.get(STYLE, assert_close)


def test_affine():
    from affine import Affine

    x, W = np.random.normal(size=(5, 3)), np.random.normal(size=(3, 4))
    b, dout = np.random.normal(size=4), np.random.normal(size=(5, 4))
    layer = Affine(W, b)
    if STYLE == "late":
        kept, dx = layer.forward(x), layer.backward(dout)
        compare(dx, np.dot(dout, W.T))
        compare(kept, np.dot(x, W) + b)
        return
    expected = np.dot(x, W) + b
    returned = layer.forward(x)
    compare(returned, expected)
    expected = np.dot(dout, W.T)
    returned = layer.backward(dout)
    compare(returned, expected)
    expected = np.dot(x.T, dout)
    compare(layer.dW, expected)
    expected = np.sum(dout, axis=0)
    compare(layer.db, expected)


def test_example():
    from affine import Affine

    layer = Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    compare(layer.forward(EXAMPLE["x"]), EXAMPLE["expected"])
    compare(layer.backward(np.array([[1.0, 0.0]])), np.array([[1.0, 3.0]]))


def test_simple_layers():
    from simple_layers import MulLayer

    layer = MulLayer()
    compare(layer.forward(2.0, 3.0), 6.0)
    dx, dy = layer.backward(2.0)
    compare(dx, 6.0)
    compare(dy, 4.0)
    assert len(layer.backward(2.0)) == 2


def test_activations():
    from activations import Relu, Sigmoid

    x = np.random.normal(size=(3, 4))
    compare(Relu().forward(x), np.maximum(x, 0))
    compare(Sigmoid().forward(x), 1 / (1 + np.exp(-x)))


def test_numerical_gradient():
    from numerical_gradient import numerical_gradient

    A, x = np.random.normal(size=(5, 5)), np.random.normal(size=5)
    compare(numerical_gradient(lambda x: x @ A @ x, x), (A + A.T) @ x)


TESTS = {name[5:]: test for name, test in globals().copy().items() if name.startswith("test_")}
for name in TESTS:
    # pytest and unittest find what is left here.
    wanted = name == "example" if STYLE == "example" else os.path.exists(f"{name}.py")
    if not wanted:
        del globals()[f"test_{name}"]


def load_tests(loader, tests, pattern):
    """The tests, in the words of unittest."""
    found = [test for name, test in globals().items() if name.startswith("test_")]
    return unittest.TestSuite(map(unittest.FunctionTestCase, found))


def main():
    """Run the tests in one of the ways that people do."""
    found = [test for name, test in globals().items() if name.startswith("test_")]
    match STYLE:
        case "pytest":
            import pytest

            sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
        case "unittest":
            unittest.main(argv=[__file__])
        case "iterate":
            for _ in map(lambda test: test(), found):
                pass
        case "loop":
            failed = 0
            for test in found:
                try:
                    test()
                except Exception:
                    failed += 1
            print(f"{failed} failed")
            sys.exit(failed > 0)
        case _:
            for test in found:
                test()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
