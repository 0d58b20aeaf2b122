"""Adam is AdaGrad with the defaults of Adam.

points: 12
breaks: test_Adam_divides_average_gradients_by_the_root_of_average_squares
extends: solution
"""


class Adam(AdaGrad):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        super().__init__(lr)
