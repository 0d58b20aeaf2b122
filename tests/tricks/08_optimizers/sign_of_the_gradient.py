"""AdaGrad and Adam that always take a step of lr against the sign.

points: 10
breaks: test_AdaGrad_works_through_the_example test_Adam_works_through_the_example
extends: solution
"""


def update(self, params, grads):
    for key in params:
        params[key] -= self.lr * np.sign(grads[key])


AdaGrad.update = Adam.update = update
