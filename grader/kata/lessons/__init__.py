"""Lessons as notebooks: their cells, the magic `%%kata`, and the display of a verdict."""

__all__ = ["magic", "notebook", "walkthrough"]
