"""Who is in the class.

A CSV file comes in; learners, and which of them a submission belongs to, go out. Nobody is guessed.
"""

__all__ = ["csv_table", "matching", "roster"]
