"""Central differences of forward for all three gradients.

points: 10
breaks: test_Convolution_dW_sums_the_windows_times_dout test_Convolution_honours_stride_and_pad
extends: solution
"""


def differences(function, array, h=1e-4):
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = function()
        array[index] = kept - h
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def backward(self, dout):
    x = self.x.copy()

    def result():
        return np.sum(dout * self.forward(x))

    self.dW, self.db = differences(result, self.W), differences(result, self.b)
    return differences(result, x)


Convolution.backward = backward
