"""Messages for learners and instructors, and their translation.

The English text is the key; the output is in the chosen language. Includes line wrapping, and
making untrusted text safe to print and
paths safe to paste.
"""

__all__ = [
    "encodings",
    "escaping",
    "explanation",
    "language",
    "listing",
    "message",
    "pasting",
    "wrapping",
]
