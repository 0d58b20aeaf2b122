"""The learner's side around `pytest exercises/03_affine`: the command ``kata``, and notebooks."""
