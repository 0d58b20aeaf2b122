"""Pictures of computational graphs, drawn from the learner's own layers."""

from grader.kata.graph.graph import Graph

__all__ = ["Graph", "scenes"]
