"""Text, tables and pages that several report formats share."""

__all__ = [
    "adjustments",
    "csv_cells",
    "learner_markdown",
    "markdown",
    "pages",
    "statistics",
    "translated",
]
