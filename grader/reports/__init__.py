"""Reports: each format is a module that turns the gradebook into it, and does nothing else."""


class ReportError(Exception):
    """A report cannot be made, or not from this."""
