"""Running an exercise's specs and remembering the results.

Contains interpreters, records, progress, and the sentences that commands share about them. Turns
an exercise into a verdict and a status.
"""

__all__ = ["interpreter", "progress", "status", "wording", "work"]
