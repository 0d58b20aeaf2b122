"""Pictures of what a learner's code has done, drawn with matplotlib if it is installed, and a page.

A module for each picture; it gets plain arrays, and prints what the picture shows. `saving` writes
the files. The scripts of the exercises use what is in `__all__`.
"""

from dataset.pictures.activations import show_activations
from dataset.pictures.feature_maps import show_feature_maps
from dataset.pictures.filters import show_filters
from dataset.pictures.overfitting import show_overfitting
from dataset.pictures.page import show_network
from dataset.pictures.paths import show_paths
from dataset.pictures.pooling import show_pooling
from dataset.pictures.training import show_training

__all__ = [
    "show_activations",
    "show_feature_maps",
    "show_filters",
    "show_network",
    "show_overfitting",
    "show_paths",
    "show_pooling",
    "show_training",
]
