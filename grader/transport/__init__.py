"""To be written: transport."""
