"""loss and accuracy are those of an untrained network, whatever the scores are.

points: 12
breaks: test_TwoLayerNet_loss_before_training_is_about_ln_10
extends: solution
"""


def loss(self, x, t):
    self.last_layer.forward(self.predict(x), t)
    return float(np.log(self.params["b2"].size))


TwoLayerNet.loss = loss
TwoLayerNet.accuracy = lambda self, x, t: 1 / self.params["b2"].size
