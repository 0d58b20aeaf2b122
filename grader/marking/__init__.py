"""Marking as people do it: what they set by hand, publish, join from others and look up again."""
