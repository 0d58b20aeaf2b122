"""Text, tables and pages that several report formats share."""

__all__ = [
    "adjustments",
    "class_overview",
    "code_excerpts",
    "csv_cells",
    "feedback_zip",
    "learner_markdown",
    "markdown",
    "pages",
    "statistics",
    "translated",
]
