"""Four rules for a step against the gradient. Run it with ``python optimizers.py``."""

import numpy as np


class SGD:
    """Stochastic gradient descent: every step is the gradient, times the learning rate.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate.
    """

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr

    def update(self, params: dict[str, np.ndarray], grads: dict[str, np.ndarray]) -> None:
        """Take one step: param - lr · grad.

        Parameters
        ----------
        params : dict of ndarray, any shapes
            The parameters by name, changed in place: with the defaults, [1.0] with the gradient
            [2.0] becomes [0.98].
        grads : dict of ndarray
            The gradient of each, under the same name, in the same shape. Stretch, in all
            optimizers: it is not changed.
        """
        for key in params:
            params[key] -= self.lr * grads[key]


class Momentum:
    """A ball that rolls: it has a velocity, which each gradient changes a little.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate.
    momentum : float, default 0.9
        The part of its velocity that the ball keeps in each step.

    Attributes
    ----------
    v : dict of ndarray
        The velocity of each parameter, in its shape. Empty before the first update.
    """

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.lr = lr
        self.momentum = momentum
        self.v: dict[str, np.ndarray] = {}

    def update(self, params: dict[str, np.ndarray], grads: dict[str, np.ndarray]) -> None:
        """Take one step: v becomes momentum · v - lr · grad, and param becomes param + v.

        Parameters
        ----------
        params : dict of ndarray, any shapes
            The parameters by name, changed in place: with the defaults, [1.0] with the gradient
            [2.0] becomes [0.98], and with the same gradient once more [0.942].
        grads : dict of ndarray
            The gradient of each, under the same name, in the same shape.
        """
        if not self.v:
            self.v = {key: np.zeros_like(param) for key, param in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.v[key]


class AdaGrad:
    """Steps that become shorter, for each number by the gradients that it has had.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate: the length of the first step.

    Attributes
    ----------
    h : dict of ndarray
        The sum of the squares of all gradients of each parameter, in its shape. Empty before the
        first update.
    """

    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr
        self.h: dict[str, np.ndarray] = {}

    def update(self, params: dict[str, np.ndarray], grads: dict[str, np.ndarray]) -> None:
        """Take one step: h becomes h + grad², and param becomes param - lr · grad / √h.

        Add 1e-7 to the root: where all gradients were 0, there is no step.

        Parameters
        ----------
        params : dict of ndarray, any shapes
            The parameters by name, changed in place: with the defaults, [1.0] with the gradient
            [2.0] becomes [0.99], and with the same gradient once more about [0.98293].
        grads : dict of ndarray
            The gradient of each, under the same name, in the same shape.
        """
        if not self.h:
            self.h = {key: np.zeros_like(param) for key, param in params.items()}
        for key in params:
            self.h[key] += grads[key] ** 2
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


class Adam:
    """The direction of Momentum, in steps that are scaled for each number as by AdaGrad.

    As in the paper "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.

    Parameters
    ----------
    lr : float, default 0.001
        The learning rate: the length of the first step.
    beta1 : float, default 0.9
        The part of the average of gradients that is kept in each step.
    beta2 : float, default 0.999
        The same for the average of squares.

    Attributes
    ----------
    t : int
        How many updates there were.
    m, v : dict of ndarray
        The moving averages of the gradients of each parameter, and of their squares, in its shape.
        Empty before the first update.
    """

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.t = 0
        self.m: dict[str, np.ndarray] = {}
        self.v: dict[str, np.ndarray] = {}

    def update(self, params: dict[str, np.ndarray], grads: dict[str, np.ndarray]) -> None:
        """Take one step: update both averages, correct them, and divide one by the other's root.

        m becomes β1 · m + (1 - β1) · grad, and v becomes β2 · v + (1 - β2) · grad². Both start
        at 0. m divided by 1 - β1ᵗ, and v by 1 - β2ᵗ, are averages of the t gradients so far, and of
        their squares. With these, param becomes param - lr · m / √v. Add 1e-8 to the root.

        Parameters
        ----------
        params : dict of ndarray, any shapes
            The parameters by name, changed in place: with the defaults, [1.0] with the gradient
            [2.0] becomes [0.999], and then with the gradient [0.0] about [0.99833].
        grads : dict of ndarray
            The gradient of each, under the same name, in the same shape.
        """
        if not self.m:
            self.m = {key: np.zeros_like(param) for key, param in params.items()}
            self.v = {key: np.zeros_like(param) for key, param in params.items()}
        self.t += 1
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            m_hat = self.m[key] / (1 - self.beta1**self.t)
            v_hat = self.v[key] / (1 - self.beta2**self.t)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


def main(steps: int = 30) -> None:
    """Go down f(x, y) = x²/20 + y² from (-7, 2) with each optimizer, and show the four paths.

    Parameters
    ----------
    steps : int, default 30
        Number of steps of each.
    """
    from dataset.pictures import show_paths

    optimizers: dict[str, SGD | Momentum | AdaGrad | Adam] = {
        "SGD": SGD(lr=0.95),
        "Momentum": Momentum(lr=0.1),
        "AdaGrad": AdaGrad(lr=1.5),
        "Adam": Adam(lr=0.3),
    }
    paths = {}
    for name, optimizer in optimizers.items():
        params = {"x": np.array([-7.0]), "y": np.array([2.0])}
        path = [(-7.0, 2.0)]
        for _ in range(steps):
            grads = {"x": params["x"] / 10, "y": 2 * params["y"]}
            optimizer.update(params, grads)
            path.append((params["x"].item(), params["y"].item()))
        paths[name] = np.array(path)
    show_paths(paths)


if __name__ == "__main__":
    main()
