"""Returns complex losses, which cannot be converted to floats.

exercise: 07_mnist
outcomes: FAILED
points: 0
control: none (it aims at outcomes that a naive grader does not have)
"""

import numpy as np


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    return [np.complex64(9 + 1j)] * iterations
