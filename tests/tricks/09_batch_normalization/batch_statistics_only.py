"""Test mode is training: the running statistics are numbers that nothing uses.

points: 13
breaks: test_BatchNormalization_test_mode_keeps_statistics
extends: solution
"""

forward_in_training = BatchNormalization.forward
BatchNormalization.forward = lambda self, x, train_flg=True: forward_in_training(self, x)
