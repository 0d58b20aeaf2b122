"""What is told instead of done, in a sentence."""


class Refusal(Exception):
    """A command cannot do its job. The text says why and what to do, and needs no traceback."""
