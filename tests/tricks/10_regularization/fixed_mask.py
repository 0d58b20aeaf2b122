"""What is dropped only looks random: it is computed from where an element is.

points: 16
breaks: test_Dropout_forward_draws_anew_each_time
extends: solution
"""


def forward(self, x, train_flg=True):
    if not train_flg:
        return x * (1 - self.dropout_ratio)
    self.mask = np.random.default_rng(x.size).random(x.shape) > self.dropout_ratio
    return x * self.mask


Dropout.forward = forward
