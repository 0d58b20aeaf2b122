"""A step in place of the sigmoid: right in the middle and at both ends.

points: 7
breaks: test_Sigmoid_forward_ends_at_0_and_1
extends: solution
"""


class Sigmoid:
    def forward(self, x):
        return (np.sign(x) + 1) / 2

    def backward(self, dout):
        return np.zeros_like(dout)
