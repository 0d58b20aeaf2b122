"""SGD under four names.

points: 4
breaks: test_AdaGrad_begins_with_a_step_of_lr test_Adam_begins_with_a_step_of_lr
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
