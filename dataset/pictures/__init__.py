"""Pictures of what a learner's code has done, drawn with matplotlib if it is installed.

A module for each picture; it gets plain arrays, and prints what the picture shows. `saving` writes
the files. The scripts of the exercises use what is in `__all__`.
"""

from dataset.pictures.filters import show_filters
from dataset.pictures.overfitting import show_overfitting
from dataset.pictures.paths import show_paths
from dataset.pictures.training import show_training

__all__ = ["show_filters", "show_overfitting", "show_paths", "show_training"]
