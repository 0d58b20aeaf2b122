"""What a journal holds: its format, whose it is, who is in it, and merging several into one."""

__all__ = ["graded_class", "identity", "journal_format", "merging", "naming", "whereabouts"]
