"""Complex steps of forward, all entries of a row at a time.

points: 2
breaks: test_Affine_dW_has_the_shape_of_W test_Affine_db_sums_dout_over_the_samples
extends: solution
"""

STEP = 1e-20


def complex_steps(result, array):
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        nudged = array.astype(complex)
        nudged[index] += STEP * 1j
        gradient[index] = result(nudged).imag / STEP
    return gradient


def backward(self, dout):
    def result(x=self.x, W=self.W, b=self.b):
        return np.sum(dout * (x @ W + b))

    self.dW = complex_steps(lambda W: result(W=W), self.W)
    self.db = complex_steps(lambda b: result(b=b), self.b)
    return complex_steps(lambda x: result(x=x), self.x)


Affine.backward = backward
