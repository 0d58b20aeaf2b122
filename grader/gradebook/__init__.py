"""Verdicts of a class over time.

The journal on disk, marks by hand, lateness, and the row of each learner. Verdicts come in; rows go
out.
"""

__all__ = ["journal", "lateness", "marks", "merging", "rows", "selection", "setting", "standing"]
