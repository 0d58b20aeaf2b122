"""The learner's side: the command ``kata``, and what she sees and draws."""
