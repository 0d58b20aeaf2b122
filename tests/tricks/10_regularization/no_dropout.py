"""Dropout lets everything through, both ways, as if the ratio were 0.

points: 6
breaks: test_Dropout_forward_drops_nothing_in_a_test test_Dropout_backward_uses_the_mask_of_forward
extends: solution
"""

Dropout.forward = lambda self, x, train_flg=True: x
Dropout.backward = lambda self, dout: dout
