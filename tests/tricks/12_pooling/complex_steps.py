"""Complex steps, which find a maximum as a comparison does, but all of several equal ones.

points: 15
breaks: test_Pooling_backward_of_ties_keeps_the_sum
extends: solution
"""


class Pooling(Pooling):
    def forward(self, x):
        self.kept = x
        return super().forward(x)

    def backward(self, dout, h=1e-30):
        x = self.kept.astype(complex)
        dx = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            x[index] += 1j * h
            dx[index] = np.sum(super().forward(x).imag / h * dout)
            x[index] -= 1j * h
        return dx
