"""numerical_gradient is gradient under another name: nothing is nudged.

points: 16
breaks: test_TwoLayerNet_numerical_gradient_agrees_with_the_loss
extends: solution
"""

TwoLayerNet.numerical_gradient = TwoLayerNet.gradient
