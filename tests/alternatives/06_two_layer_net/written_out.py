"""No loop: each layer by its name, parameters filled in place; comments in Chinese."""

import activations
import affine
import numerical_gradient as brute_force
import numpy as np
import softmax_with_loss


class TwoLayerNet:
    """两层神经网络"""

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        # 初始化权重
        W1 = np.random.standard_normal((input_size, hidden_size))
        W2 = np.random.standard_normal((hidden_size, output_size))
        W1 *= weight_init_std
        W2 *= weight_init_std
        b1, b2 = np.zeros(hidden_size), np.zeros(output_size)
        self.params = {"W1": W1, "W2": W2, "b1": b1, "b2": b2}
        self.affine1 = affine.Affine(W1, b1)
        self.relu = activations.Relu()
        self.affine2 = affine.Affine(W2, b2)
        self.layers = {"Affine1": self.affine1, "Relu1": self.relu, "Affine2": self.affine2}
        self.last = softmax_with_loss.SoftmaxWithLoss()

    def predict(self, x):
        return self.affine2.forward(self.relu.forward(self.affine1.forward(x)))

    def loss(self, x, t):
        return self.last.forward(self.predict(x), t)

    def accuracy(self, x, t):
        hits = 0
        for scores, right in zip(self.predict(x), t):
            hits += int(np.argmax(scores) == np.argmax(right))
        return hits / len(x)

    def numerical_gradient(self, x, t):
        def f(_):
            return self.loss(x, t)

        return {k: brute_force.numerical_gradient(f, self.params[k]) for k in self.params}

    def gradient(self, x, t):
        # 正向传播
        self.loss(x, t)
        # 反向传播
        self.affine1.backward(self.relu.backward(self.affine2.backward(self.last.backward())))
        return {
            "b1": self.affine1.db,
            "b2": self.affine2.db,
            "W1": self.affine1.dW,
            "W2": self.affine2.dW,
        }
