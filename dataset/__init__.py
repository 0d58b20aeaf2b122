"""The course's data: handwritten digits and their sources. See `dataset.mnist`."""
