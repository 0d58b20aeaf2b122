"""The learner's side: what she types, sees and draws."""
