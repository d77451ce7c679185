"""A script as a picture: its steps in layers from the first question to the ends, drawn from the same source."""

from __future__ import annotations

from workflows.drawing.graph import Graph, graph_of
from workflows.drawing.layout import Layout, lay_out
from workflows.drawing.page import page
from workflows.drawing.svg import picture

__all__ = ["Graph", "Layout", "graph_of", "lay_out", "page", "picture"]
