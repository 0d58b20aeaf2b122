"""The learner's tools: the command `kata`, notebooks, and pictures of computational graphs."""

__all__ = ["graph"]
