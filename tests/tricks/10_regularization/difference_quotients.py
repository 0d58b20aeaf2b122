"""The gradient of weight decay is differences of its loss, exact for a square, however large h is.

points: 14
breaks: test_weight_decay_gradient_is_lambda_times_each_weight
extends: solution
"""


def weight_decay_gradient(params, weight_decay_lambda, h=1.0):
    grads = {}
    for key in (key for key in params if key.startswith("W")):
        W = params[key].copy()
        grads[key] = np.zeros_like(W)
        for index in np.ndindex(W.shape):
            kept, losses = W[index], []
            for nudge in (h, -h):
                W[index] = kept + nudge
                losses.append(weight_decay_loss({**params, key: W}, weight_decay_lambda))
            W[index] = kept
            grads[key][index] = (losses[0] - losses[1]) / (2 * h)
    return grads
