"""gradient is complex steps of the loss, all entries that share a neuron at once.

points: 9
breaks: test_TwoLayerNet_of_full_size_passes_the_gradient_check
extends: solution
"""

STEP = 1e-20


def losses(z, t):
    top = z.real.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(z - top).sum(axis=-1)) + top[..., 0]
    return np.mean(log_sum - (z * t).sum(axis=-1), axis=-1).imag / STEP


def gradient(self, x, t):
    W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
    t = t if t.ndim == 2 else np.eye(len(b2))[t]
    a = x @ W1 + b1
    unit, units, classes = np.maximum(a, 0), range(len(b1)), np.eye(len(b2))[:, None, :]
    z = unit @ W2 + b2

    def of_unit(j, step):
        return losses(z + 1j * STEP * (step * (a[:, j] > 0))[..., None] * W2[j], t)

    return {
        "W1": np.stack([of_unit(j, x.T) for j in units], axis=1),
        "b1": np.array([of_unit(j, np.ones(len(x))) for j in units]),
        "W2": np.stack([losses(z + 1j * STEP * unit[:, j, None] * classes, t) for j in units]),
        "b2": losses(z + 1j * STEP * classes, t),
    }


TwoLayerNet.gradient = gradient
