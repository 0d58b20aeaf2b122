"""Marks that instructors set by hand: what makes sense, and lists of many."""

__all__ = ["mark_list", "wishes"]
