"""Where there is no mark, and what a person should look at."""

__all__ = ["no_mark", "review"]
