"""What is told instead of done, in a sentence."""


class Refusal(Exception):
    """A command cannot do its job. The text says why and what to do, and needs no traceback."""


class CourseError(Refusal):
    """There is no course where one was expected, or its settings are wrong."""


class SubmissionError(Refusal):
    """There is nothing to grade where something was expected."""
