"""Lessons as notebooks: cells, the magic `%%kata`, and the page that shows a verdict."""

__all__ = ["magic", "notebook", "walkthrough"]
