"""In which language a learner is spoken to: the one place that a translation has to know."""


def say(template: str, **values: object) -> str:
    """Say something to the learner.

    Parameters
    ----------
    template : str
        A whole sentence or label, in English, with the names of the values in braces. It is the
        key to its translations, so it is never glued from pieces.
    **values : object
        What stands in the braces.

    Returns
    -------
    str
        The text.
    """
    return template.format(**values)
