"""To be written: pytest_plugin."""
