"""The product divided by one input in place of the other input.

points: 5
breaks: test_MulLayer_backward_multiplies_by_the_other_input
extends: solution
"""


class MulLayer:
    def forward(self, x, y):
        self.x, self.y, self.out = x, y, x * y
        return self.out

    def backward(self, dout):
        return dout * self.out / self.x, dout * self.out / self.y
