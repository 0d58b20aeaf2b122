"""The learner's command: ``kata``."""
