"""What pytest knows of a spec."""
