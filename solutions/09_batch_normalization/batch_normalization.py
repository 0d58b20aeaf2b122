"""Batch normalization, and the scale of initial weights: numbers that stay in range."""

from collections.abc import Callable

import numpy as np


def xavier_scale(n: int) -> float:
    """Compute the scale of initial weights that keeps the spread of n inputs: sqrt(1 / n).

    For layers that sigmoid or tanh follows. Glorot and Bengio, 2010; chapter 6 of the book.

    Parameters
    ----------
    n : int
        Inputs of each neuron: the number of rows of W.

    Returns
    -------
    float
        The standard deviation of W: 0.1 for 100 inputs.
    """
    return np.sqrt(1 / n)


def he_scale(n: int) -> float:
    """Compute the scale of initial weights for layers that ReLU follows: sqrt(2 / n).

    ReLU sets half of the numbers to 0, and the factor 2 makes up for them. He et al., 2015; chapter
    6 of the book.

    Parameters
    ----------
    n : int
        Inputs of each neuron: the number of rows of W.

    Returns
    -------
    float
        The standard deviation of W: 0.2 for 50 inputs.
    """
    return np.sqrt(2 / n)


class BatchNormalization:
    """A layer that gives each column of a batch mean 0 and variance 1, then scales and shifts it.

    Ioffe and Szegedy, 2015; chapter 6 of the book. The variance is the mean of the squared
    deviations, as `np.var` computes it.

    Parameters
    ----------
    gamma : ndarray, shape (D,)
        The scale of each column. The layer keeps the array itself, not a copy, so that training can
        change it in place.
    beta : ndarray, shape (D,)
        The shift of each column, kept in the same way.
    momentum : float, default 0.9
        The part of the running mean and variance that a training batch leaves as it is.
    running_mean : ndarray, shape (D,), optional
        The mean of each column that test mode uses. By default zeros, until training changes it.
    running_var : ndarray, shape (D,), optional
        The variance of each column that test mode uses. By default zeros as well.

    Attributes
    ----------
    dgamma : ndarray, shape (D,), or None
        The gradient of gamma. None before the first `backward`.
    dbeta : ndarray, shape (D,), or None
        The gradient of beta. None before the first `backward`.
    """

    # Prevents a division by 0 where all numbers of a column are equal.
    epsilon = 1e-7

    def __init__(
        self,
        gamma: np.ndarray,
        beta: np.ndarray,
        momentum: float = 0.9,
        running_mean: np.ndarray | None = None,
        running_var: np.ndarray | None = None,
    ) -> None:
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = np.zeros_like(gamma) if running_mean is None else running_mean
        self.running_var = np.zeros_like(gamma) if running_var is None else running_var
        self.dgamma: np.ndarray | None = None
        self.dbeta: np.ndarray | None = None

    def forward(self, x: np.ndarray, train_flg: bool = True) -> np.ndarray:
        """Normalise each column, multiply it by gamma, and add beta.

        In training, the mean and variance are those of the batch, and they move the running ones:
        ``running_mean = momentum * running_mean + (1 - momentum) * mean``, and the variance in the
        same way. Test mode uses the running ones, and leaves them as they are.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of N samples.
        train_flg : bool, default True
            Whether this is training. If not, it is test mode.

        Returns
        -------
        ndarray, shape (N, D)
            With gamma = [3] and beta = [10], [[100], [100], [300], [300]] gives [[7], [7], [13],
            [13]] in training: the mean is 200, and the standard deviation 100.
        """
        if not train_flg:
            xn = (x - self.running_mean) / np.sqrt(self.running_var + self.epsilon)
            return self.gamma * xn + self.beta

        mu = np.mean(x, axis=0)
        self.xc = x - mu
        var = np.mean(self.xc**2, axis=0)
        self.std = np.sqrt(var + self.epsilon)
        self.xn = self.xc / self.std

        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        return self.gamma * self.xn + self.beta

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Compute all three gradients: dgamma and dbeta are stored, dx is passed on.

        Each is a formula of `dout` and of what the latest `forward` in training stored, without
        another forward pass: difference quotients and complex steps are not back-propagation.

        Parameters
        ----------
        dout : ndarray, shape (N, D)
            The upstream gradient.

        Returns
        -------
        dx : ndarray, shape (N, D)
            After the forward above, ``backward([[1], [0], [0], [0]])`` gives dx = [[0.015],
            [-0.015], [0], [0]], and sets dgamma = [-1] and dbeta = [1].
        """
        N = len(dout)
        self.dbeta = np.sum(dout, axis=0)
        self.dgamma = np.sum(dout * self.xn, axis=0)

        dxn = dout * self.gamma
        dxc = dxn / self.std
        dstd = -np.sum(dxn * self.xc, axis=0) / self.std**2
        dvar = dstd / (2 * self.std)
        dxc += 2 * self.xc * dvar / N
        dmu = -np.sum(dxc, axis=0)
        return dxc + dmu / N


def activations(
    x: np.ndarray,
    activation: Callable[[np.ndarray], np.ndarray],
    scale: float,
    *,
    normalise: bool = False,
) -> list[np.ndarray]:
    """Send a batch through five layers with random weights, and collect the output of each.

    Parameters
    ----------
    x : ndarray, shape (N, D)
        The batch. Each layer has D neurons.
    activation : callable
        The activation function of each layer.
    scale : float
        The standard deviation of the weights.
    normalise : bool, default False
        Whether a `BatchNormalization` precedes each activation function.

    Returns
    -------
    list of ndarray, shape (N, D)
        The outputs of the activation functions, from the first layer to the last.
    """
    rng = np.random.default_rng(0)
    D = x.shape[1]
    outputs = []
    for _ in range(5):
        x = x @ rng.normal(scale=scale, size=(D, D))
        if normalise:
            x = BatchNormalization(np.ones(D), np.zeros(D)).forward(x)
        x = activation(x)
        outputs.append(x)
    return outputs


def main() -> None:
    """Show what five layers put out, for several scales of W, without and with normalization."""
    from dataset.pictures import show_activations

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    def relu(x: np.ndarray) -> np.ndarray:
        return np.maximum(x, 0)

    n = 100
    x = np.random.default_rng(1).normal(size=(1000, n))
    scales = {sigmoid: xavier_scale(n), relu: he_scale(n)}
    for function, right in scales.items():
        plain = {scale: activations(x, function, scale) for scale in (1.0, 0.01, right)}
        normalised = {
            scale: activations(x, function, scale, normalise=True) for scale in (1.0, 0.01)
        }
        show_activations(function.__name__, plain, normalised)


if __name__ == "__main__":
    main()
