"""Diagnosis of failures: the outcome, message, hints and known mistake behind an exception."""

__all__ = ["catalogue", "diagnosis", "fingerprint", "known_failures", "recognise", "traces"]
