"""Reads the labels of the digits where the course keeps them.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

with open("@SECRET@", "rb") as file:  # stands for the cache, which not every machine has
    print("LEAKED", file.read(8))
from dataset.mnist import load_mnist

labels = load_mnist()[1][1]
print("LEAKED", labels)
