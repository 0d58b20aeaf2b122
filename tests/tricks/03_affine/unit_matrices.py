"""One forward pass with each unit matrix for dW, which is exact; only db and dx are formulas.

points: 4
breaks: test_Affine_dW_has_the_shape_of_W test_Affine_transposes_square_weights_too
extends: solution
"""


def backward(self, dout):
    self.dW, self.db = np.zeros_like(self.W), dout.sum(axis=0)
    for index in np.ndindex(self.W.shape):
        unit = np.zeros_like(self.W)
        unit[index] = 1
        self.dW[index] = np.sum(dout * (self.x @ unit))
    return dout @ self.W.T


Affine.backward = backward
