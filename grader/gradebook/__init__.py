"""To be written: gradebook."""
