"""The gradebook: journal, marks set by hand, lateness, and the rows made from them."""

__all__ = [
    "arrivals",
    "journal",
    "lateness",
    "marks",
    "people",
    "rows",
    "selection",
    "setting",
    "standing",
]
