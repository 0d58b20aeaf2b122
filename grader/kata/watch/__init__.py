"""Bare `kata`: runs the current exercise on each save, handles keys, and draws the screen."""

__all__ = ["frame", "screen", "watch"]
