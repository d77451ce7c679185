"""The script language: YAML in, a checked and digested ``Script`` out.

A script is slots (what can be known), steps (what is done, in order) and lines (what is said). See ``model`` for the
shape, ``loader`` for reading one, ``checks`` for what is refused, and ``scripts/`` beside this package for examples.
"""

from __future__ import annotations

from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.loader import load_script, read_script
from workflows.language.model import Script
from workflows.language.nodes import ScriptError
from workflows.language.scripts import ScriptSet, load_scripts, shipped_scripts

__all__ = [
    "ACTIONS",
    "ActionSpec",
    "Script",
    "ScriptError",
    "ScriptSet",
    "load_script",
    "load_scripts",
    "read_script",
    "shipped_scripts",
]
