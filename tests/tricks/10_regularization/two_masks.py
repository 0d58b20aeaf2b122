"""Two masks by turns: not the same twice in a row, but nothing is drawn.

points: 16
breaks: test_Dropout_forward_draws_anew_each_time
extends: solution
"""


def forward(self, x, train_flg=True):
    if not train_flg:
        return x * (1 - self.dropout_ratio)
    self.calls = getattr(self, "calls", 0) + 1
    rng = np.random.default_rng(self.calls % 2)
    self.mask = rng.random(x.shape) > self.dropout_ratio
    return x * self.mask


Dropout.forward = forward
