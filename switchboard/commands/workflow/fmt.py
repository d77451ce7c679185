"""``switchboard workflow fmt``: scripts in their one canonical form, comments and meaning kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from calls.errors import ConfigurationError, SwitchboardError
from switchboard import settings
from workflows.formatting import format_script
from workflows.language.scripts import script_files


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("fmt", help="write scripts in their canonical form; comments and meaning stay")
    verb.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="scripts; those of your folder when none is named"
    )
    verb.add_argument("--check", action="store_true", help="change nothing; 1 when a file would change")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0; with ``--check`` 1 when a file would change. Raises ScriptError for one that cannot be read."""
    files: list[Path] = arguments.files or script_files(settings.read().scripts)
    if not files:
        raise ConfigurationError(
            "there is nothing to format; name a file, or write one with `switchboard workflow new`"
        )
    changed: list[Path] = []
    broken: list[SwitchboardError] = []
    for path in files:
        try:
            if _format(path, write=not arguments.check):
                changed.append(path)
        except SwitchboardError as why:
            broken.append(why)
    for path in changed:
        print(f"{path}: {'would change' if arguments.check else 'formatted'}")
    if broken:
        raise ConfigurationError("\n".join(str(why) for why in broken))
    if not changed:
        print(f"{len(files)} file{'' if len(files) == 1 else 's'} in canonical form")
    return 1 if arguments.check and changed else 0


def _format(path: Path, *, write: bool) -> bool:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as why:
        raise ConfigurationError(f"{path}: the file is not UTF-8 text; save it as UTF-8") from why
    canonical = format_script(text, str(path))
    if canonical == text:
        return False
    if write:
        path.write_text(canonical, encoding="utf-8", newline="\n")
    return True
