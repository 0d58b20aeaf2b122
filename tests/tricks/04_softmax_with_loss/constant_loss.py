"""The loss is that of equal scores, whatever the scores are.

points: 10
breaks: test_SoftmaxWithLoss_of_ten_equal_scores_is_ln_10
extends: solution
"""


def forward(self, x, t):
    self.y, self.t = softmax(x), t
    return float(np.log(x.shape[-1]))


SoftmaxWithLoss.forward = forward
