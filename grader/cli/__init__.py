"""To be written: cli."""
