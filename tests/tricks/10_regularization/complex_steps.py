"""The gradient of weight decay is complex steps of its loss.

points: 14
breaks: test_weight_decay_gradient_is_lambda_times_each_weight
extends: solution
"""


def weight_decay_gradient(params, weight_decay_lambda, h=1e-20):
    grads = {}
    for key in (key for key in params if key.startswith("W")):
        grads[key] = np.zeros_like(params[key])
        for index in np.ndindex(params[key].shape):
            nudged = {k: p.astype(complex) for k, p in params.items() if k.startswith("W")}
            nudged[key][index] += 1j * h
            total = sum((W**2).sum() for W in nudged.values())
            grads[key][index] = 0.5 * weight_decay_lambda * total.imag / h
    return grads
