"""Complex steps of forward, entry by entry; only what is imaginary is multiplied by dout.

points: 3
breaks: test_Affine_dW_has_the_shape_of_W test_Affine_dx_carries_dout_back_through_the_weights
extends: solution
"""

STEP = 1e-20


def step_by_step(function, array, dout):
    gradient, array = np.zeros(array.shape), array.astype(complex)
    for index in np.ndindex(array.shape):
        array[index] += 1j * STEP
        gradient[index] = np.sum(dout * function(array).imag) / STEP
        array[index] = array[index].real
    return gradient


def backward(self, dout):
    x, W, b = self.x, self.W, self.b
    self.dW = step_by_step(lambda W: x @ W + b, W, dout)
    self.db = step_by_step(lambda b: x @ W + b, b, dout)
    return step_by_step(lambda x: x @ W + b, x, dout)


Affine.backward = backward
