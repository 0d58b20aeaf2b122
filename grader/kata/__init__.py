"""The learner's side: the command ``kata``, her notebooks, and what she sees and draws."""
