"""Reading notebooks: their JSON within limits, their code cells, and the magics in these."""

__all__ = ["notebook_cells"]
