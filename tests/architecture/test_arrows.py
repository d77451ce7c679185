"""Which package may import which. The table is the architecture; a new arrow is a decision, not an import."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, python_files, tree

ARROWS = {
    "calls": set[str](),
    "spoken": set[str](),
    "telephony": {"calls"},
    "agent": {"calls", "spoken"},
    "workflows": {"calls", "spoken"},
    "records": {"calls", "spoken"},
    "console": {"calls", "records"},
    "switchboard": {*PACKAGES, "migrations"},
}


def imports(path: Path) -> set[str]:
    """The top-level names a file imports, inside functions and under TYPE_CHECKING too."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0] if node.level == 0 else path.parts[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_arrow_but_those_in_the_table(package: str) -> None:
    ours = {*PACKAGES, "migrations", "tests", "infra"}
    wrong = {str(path): imports(path) & ours - ARROWS[package] - {package} for path in python_files(package)}
    assert not {path: names for path, names in wrong.items() if names}


def test_the_hub_needs_nothing_but_the_standard_library() -> None:
    foreign = {str(path): imports(path) - sys.stdlib_module_names - {"calls"} for path in python_files("calls")}
    assert not {path: names for path, names in foreign.items() if names}


def test_every_package_has_files() -> None:
    assert [package for package in PACKAGES if not python_files(package)] == []
