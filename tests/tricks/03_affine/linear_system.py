"""Nudges everything in random directions, and solves the slopes for the gradients.

points: 2
breaks: test_Affine_dW_has_the_shape_of_W test_Affine_db_sums_dout_over_the_samples
extends: solution
"""


def solved(result, array):
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(array.size, *array.shape))
    slopes = [(result(array + d) - result(array - d)) / 2 for d in directions]
    return np.linalg.solve(directions.reshape(array.size, -1), slopes).reshape(array.shape)


def backward(self, dout):
    def result(x=self.x, W=self.W, b=self.b):
        return np.sum(dout * (x @ W + b))

    self.db = solved(lambda b: result(b=b), self.b)
    self.dW = solved(lambda W: result(W=W), self.W)
    return solved(lambda x: result(x=x), self.x)


Affine.backward = backward
