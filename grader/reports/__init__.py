"""Turns the gradebook into files and tables.

Rows come in; text goes out. `registry` knows all formats.
"""

__all__ = ["audit", "diff", "pseudonyms", "registry"]
