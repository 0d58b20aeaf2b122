"""Claims that an earlier exercise is missing, on which this one does not build.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (a naive grader blames nobody)
"""

raise ModuleNotFoundError("No module named 'simple_layers'", name="simple_layers")
