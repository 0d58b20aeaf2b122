"""To be written: reports.formats."""
