"""A first layer in a network: dx is never read there, so it is left at zero.

points: 13
breaks: test_Convolution_dx_sums_the_filters_times_dout
extends: solution
"""


def backward(self, dout):
    complete(self, dout)
    return np.zeros_like(self.x)


complete = Convolution.backward
Convolution.backward = backward
