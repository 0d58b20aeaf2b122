"""To be written: course."""
