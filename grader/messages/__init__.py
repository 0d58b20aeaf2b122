"""Text for people, in their language.

What is said, its translation, how it fits into lines, and how text from strangers is made safe.
English keys come in, text in the chosen language goes out.
"""

__all__ = [
    "encodings",
    "escaping",
    "explanation",
    "language",
    "listing",
    "message",
    "wrapping",
]
