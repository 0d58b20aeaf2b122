"""What was found.

Verdicts and the conditions that they hold under, how they are written down, and what an outcome is
called. Values only; nothing here judges or prints.
"""

__all__ = ["codec", "conditions", "finding", "outcome_labels", "verdict"]
