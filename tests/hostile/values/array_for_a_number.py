"""Returns an array of one where a number is expected.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: passes testing
"""

import numpy as np


class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return np.array([x * y])

    def backward(self, dout):
        return np.array([dout * self.y]), np.array([dout * self.x])


class AddLayer:
    def forward(self, x, y):
        return np.array([x + y])

    def backward(self, dout):
        return np.array([dout]), np.array([dout])
