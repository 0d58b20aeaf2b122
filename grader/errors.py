"""Errors that a command reports in one sentence."""


class CommandError(Exception):
    """A command cannot do its job. The text says why and what to do, and needs no traceback."""


class CourseError(CommandError):
    """There is no course where one was expected, or its settings are wrong."""


class SubmissionError(CommandError):
    """There is nothing to grade where something was expected."""


class ReportError(CommandError):
    """A report cannot be written, or not from this gradebook."""


class RosterError(CommandError):
    """The roster cannot be read as one."""
