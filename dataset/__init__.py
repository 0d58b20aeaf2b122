"""The course's data: handwritten digits, and where they come from. See `dataset.mnist`."""
