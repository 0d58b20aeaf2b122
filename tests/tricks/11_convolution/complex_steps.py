"""Complex steps of forward, entry by entry; only what is imaginary is multiplied by dout.

points: 11
breaks: test_Convolution_dW_sums_the_windows_times_dout test_Convolution_honours_stride_and_pad
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

    def out(x=x, W=W, b=b):
        return Convolution(W, b, self.stride, self.pad).forward(x)

    self.dW = step_by_step(lambda W: out(W=W), W, dout)
    self.db = step_by_step(lambda b: out(b=b), b, dout)
    return step_by_step(lambda x: out(x=x), x, dout)


Convolution.backward = backward
