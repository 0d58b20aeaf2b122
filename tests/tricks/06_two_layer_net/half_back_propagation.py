"""The second layer by back-propagation, the first one by complex steps from its output.

points: 11
breaks: test_TwoLayerNet_gradient_of_the_first_layer
extends: solution
"""

back_propagation = TwoLayerNet.gradient


def half(self, x, t, step=1e-20):
    grads = back_propagation(self, x, t)
    t = t if t.ndim == 2 else np.eye(grads["b2"].size)[t]
    W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))

    def loss(W1, b1):
        a = x @ W1 + b1
        z = np.where(a.real > 0, a, 0) @ W2 + b2
        e = np.exp(z - z.real.max(axis=1, keepdims=True))
        return -np.mean(np.log((e * t).sum(axis=1) / e.sum(axis=1)))

    for key, of in (("W1", lambda p: loss(p, b1)), ("b1", lambda p: loss(W1, p))):
        grads[key], param = np.zeros(self.params[key].shape), self.params[key].astype(complex)
        for index in np.ndindex(param.shape):
            param[index] += 1j * step
            grads[key][index] = of(param).imag / step
            param[index] = param[index].real
    return grads


TwoLayerNet.gradient = half
