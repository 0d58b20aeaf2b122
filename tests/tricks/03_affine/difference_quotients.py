"""Central differences of forward for all three gradients.

points: 2
breaks: test_Affine_dW_has_the_shape_of_W test_Affine_db_sums_dout_over_the_samples
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
        return np.sum(dout * (x @ self.W + self.b))

    self.dW, self.db = differences(result, self.W), differences(result, self.b)
    return differences(result, x)


Affine.backward = backward
