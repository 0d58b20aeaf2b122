"""Diagnosis of failures: the outcome, message, hints and known mistake behind an exception."""

__all__ = [
    "catalogue",
    "diagnosis",
    "earlier",
    "fingerprint",
    "known_failures",
    "places",
    "reasons",
    "recognise",
    "traces",
]
