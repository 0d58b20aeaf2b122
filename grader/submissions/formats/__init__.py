"""Parsers of .zip, .tar.gz and .ipynb files, which take bounded time and memory."""

__all__ = ["member", "notebook_json", "tar_members", "zip_members"]
