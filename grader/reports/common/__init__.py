"""What several formats of reports share.

Rows and verdicts come in; pieces of text go out.
"""

__all__ = [
    "adjustments",
    "csv_cells",
    "learner_markdown",
    "markdown",
    "pages",
    "statistics",
    "translated",
]
