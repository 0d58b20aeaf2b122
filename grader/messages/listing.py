"""Lists of names in a message, cut where they are long."""

from collections.abc import Iterable


def listed(names: Iterable[str], most: int = 10, separator: str = ", ") -> str:
    """Join the first few of some names, and say how many more there are.

    Parameters
    ----------
    names : iterable of str
        All of them.
    most : int, default 10
        How many are named.
    separator : str, default ", "
        What stands between two.

    Returns
    -------
    str
        ``ann, bob and 3 more``; empty if there is no name.
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return separator.join(names[:most]) + more
