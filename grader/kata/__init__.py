"""The learner's side: the command `kata`, notebooks, and pictures.

Commands and saved files come in; what a learner reads and sees goes out.
"""

__all__ = ["graph"]
