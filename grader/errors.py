"""Errors that a command reports in one sentence."""


class CommandError(Exception):
    """A command failed. The message says why and what to do, and is shown without a traceback."""


class CourseError(CommandError):
    """No course was found, or its settings are invalid."""


class SubmissionError(CommandError):
    """A submission, a class or an option of the grader cannot be used."""


class ReportError(CommandError):
    """A report cannot be written, or cannot be made from this gradebook."""


class RosterError(CommandError):
    """A roster, or another list of learners, cannot be read."""
