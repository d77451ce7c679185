"""The project's own files, as git knows them, and their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("calls", "spoken", "telephony", "agent", "workflows", "records", "console", "switchboard")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file in git or about to be, relative to the project; in an unpacked archive, every file."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.check_output(command, cwd=PROJECT, stderr=subprocess.DEVNULL, text=True).split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(PROJECT)) for path in PROJECT.rglob("*") if ".venv" not in path.parts]
    return tuple(sorted(Path(name) for name in names if name and (PROJECT / name).is_file()))


@cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """The Python files below these top-level folders, all if none is named."""
    return tuple(path for path in tracked() if path.suffix == ".py" and (not tops or path.parts[0] in tops))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.expr) -> str:
    """`asyncio.create_task` for that expression; empty for anything that is not a chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
