"""Reports of the gradebook, as files and tables; `registry` lists all formats."""

__all__ = ["audit", "diff", "pseudonyms", "registry"]
