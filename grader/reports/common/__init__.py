"""To be written: reports.common."""
