"""Reports: each module turns the gradebook into one format, and does nothing else."""


class ReportError(Exception):
    """A report cannot be made, or not from this."""
