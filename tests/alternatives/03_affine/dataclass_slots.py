"""A dataclass with slots; transposes of transposes; arrays in Fortran's order."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True, eq=False)
class Affine:
    W: np.ndarray
    b: np.ndarray
    x: np.ndarray | None = field(default=None, init=False, repr=False)
    dW: np.ndarray | None = field(default=None, init=False, repr=False)
    db: np.ndarray | None = field(default=None, init=False, repr=False)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return (self.W.T @ x.T).T + self.b

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.dW = (dout.T @ self.x).T
        self.db = np.mean(dout, axis=0) * len(dout)
        return np.asfortranarray((self.W @ dout.T).T)
