"""Words that are put together in English, and are translated where somebody reads them."""


def english(text: str, /, **values: object) -> str:
    """Words in English, as they are kept and compared by, that are translated later.

    Parameters
    ----------
    text : str
        With a ``{name}`` for each value. `grader.messages.language.retell` finds it in the
        catalogue.
    **values : object
        What stands in its place.

    Returns
    -------
    str
        The text.
    """
    return text.format(**values)
