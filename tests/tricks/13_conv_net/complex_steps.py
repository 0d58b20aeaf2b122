"""Every gradient by complex steps of the loss: nothing flows back.

points: 15
breaks: test_SimpleConvNet_gradient_of_the_affine_layers test_SimpleConvNet_gradient_of_the_filters
extends: solution
"""


def steps(self, x, t, step=1e-20):
    grads = {}
    real = {key: param.copy() for key, param in self.params.items()}
    conv = self.layers["Conv1"]

    def loss(params):
        FN, _, FH, FW = params["W1"].shape
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(x, ((0, 0), (0, 0), (conv.pad,) * 2, (conv.pad,) * 2)), (FH, FW), axis=(2, 3)
        )[:, :, :: conv.stride, :: conv.stride]
        a = np.einsum("ncyxij,fcij->nfyx", windows, params["W1"]) + params["b1"][:, None, None]
        a = np.where(a.real > 0, a, 0)
        n, f, h, w = a.shape
        tiles = a.reshape(n, f, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        tiles = tiles.reshape(n, -1, 4)
        a = np.take_along_axis(tiles, tiles.real.argmax(axis=2)[..., None], axis=2)[..., 0]
        a = a @ params["W2"] + params["b2"]
        z = np.where(a.real > 0, a, 0) @ params["W3"] + params["b3"]
        return -np.mean(np.log((np.exp(z) * t).sum(axis=1) / np.exp(z).sum(axis=1)))

    for key, param in real.items():
        grads[key] = np.zeros(param.shape)
        for index in np.ndindex(param.shape):
            nudged = param.astype(complex)
            nudged[index] += 1j * step
            grads[key][index] = loss({**real, key: nudged}).imag / step
    self.loss(x, t)
    return grads


SimpleConvNet.gradient = steps
