"""gradient is numerical_gradient under another name: nothing is back-propagated.

points: 9
breaks: test_TwoLayerNet_gradient_of_the_first_layer test_TwoLayerNet_gradient_of_the_second_layer
extends: solution
"""

TwoLayerNet.gradient = TwoLayerNet.numerical_gradient
