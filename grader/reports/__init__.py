"""Reports: each format is a module that turns the gradebook into it, and does nothing else."""

from grader.refusal import Refusal


class ReportError(Refusal):
    """A report cannot be made, or not from this."""
