"""SGD under four names.

points: 4
breaks: test_Momentum_works_through_the_example test_AdaGrad_works_through_the_example test_Adam_works_through_the_example
"""


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class Momentum(SGD):
    pass


class AdaGrad(SGD):
    pass


class Adam(SGD):
    pass
