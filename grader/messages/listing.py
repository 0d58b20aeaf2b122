"""Lists of names for messages, shortened if they are long."""

from collections.abc import Iterable


def listed(names: Iterable[str], most: int = 10, separator: str = ", ") -> str:
    """Join the first names, followed by the number of those left out.

    Parameters
    ----------
    names : iterable of str
        All names.
    most : int, default 10
        Maximum number of names in the result.
    separator : str, default ", "
        Text between two names.

    Returns
    -------
    str
        For example ``ann, bob and 3 more``; empty if there are no names.
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return separator.join(names[:most]) + more
