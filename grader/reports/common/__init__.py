"""Text, tables and pages that several report formats share."""

__all__ = [
    "adjustments",
    "class_overview",
    "code_excerpts",
    "csv_cells",
    "learner_markdown",
    "markdown",
    "pages",
    "statistics",
    "translated",
]
