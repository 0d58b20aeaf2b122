"""Dataclasses, type hints, and gradients as a named tuple."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Gradients(NamedTuple):
    dx: float
    dy: float


@dataclass
class MulLayer:
    x: float = 0.0
    y: float = 0.0

    def forward(self, x: float, y: float) -> float:
        self.x, self.y = x, y
        return x * y

    def backward(self, dout: float) -> Gradients:
        return Gradients(dx=dout * self.y, dy=dout * self.x)


@dataclass(frozen=True)
class AddLayer:
    def forward(self, x: float, y: float) -> float:
        return x + y

    def backward(self, dout: float) -> Gradients:
        return Gradients(dout, dout)
