"""Reports: each module turns verdicts into one format, and does nothing else."""
