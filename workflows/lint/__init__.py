"""What is wrong with scripts, beyond what the reader refuses: every complaint with its line, its name and its fix.

``lint_files`` reads scripts together with those they may start, runs every check of ``CHECKS`` over each, and leaves
out what a comment excuses. Errors stand for calls that would go wrong, warnings for calls that could be better.
"""

from __future__ import annotations

from workflows.lint.catalogue import CHECKS, GROUPS
from workflows.lint.running import Complaint, Source, lint_files, lint_sources

__all__ = ["CHECKS", "GROUPS", "Complaint", "Source", "lint_files", "lint_sources"]
