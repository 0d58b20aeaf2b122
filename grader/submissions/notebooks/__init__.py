"""Reading notebooks: their JSON within limits, their code cells, and the magics in these."""

__all__ = ["exported_file", "notebook_cells"]
