"""``switchboard workflow diff``: what changed between two versions of a script, in words."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calls.errors import ConfigurationError

if TYPE_CHECKING:
    from workflows.compare import Change
    from workflows.language.model import Script


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("diff", help="what changed between two versions of a script, in words; exit 1 if anything")
    for name in ("before", "after"):
        verb.add_argument(name, help="a file, NAME (yours or shipped), or NAME@DIGEST (a published version)")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when they are the same, 1 when they differ."""
    from workflows.compare import compare

    before, after = await read_version(arguments.before), await read_version(arguments.after)
    changes = compare(before, after)
    if arguments.json:
        print(json.dumps(_as_json(before, after, changes), indent=2, ensure_ascii=False))
    else:
        for change in changes:
            print(change)
        print(f"{len(changes)} differences" if changes else "no difference that a caller could notice")
    return 1 if changes else 0


async def read_version(name: str) -> Script:
    """A script from a file, by the name of one there is, or of a version in the database. Raises ConfigurationError."""
    from switchboard import settings
    from workflows.language.loader import load_script
    from workflows.language.scripts import SHIPPED, script_files

    if "@" in name and not Path(name).exists():
        return await _published(*name.split("@", 1))
    path = Path(name)
    if not path.is_file():
        known = {file.stem: file for file in [*SHIPPED.glob("*.yaml"), *script_files(settings.read().scripts)]}
        if name not in known:
            there = ", ".join(sorted(known))
            raise ConfigurationError(f"there is no script {name!r}; name a file, NAME@DIGEST, or one of {there}")
        path = known[name]
    return load_script(path)


async def _published(name: str, digest: str) -> Script:
    from switchboard.database import open_database
    from switchboard.settings import read
    from workflows.language.loader import read_script
    from workflows.versions.store import VersionStore

    async with open_database(read()) as database:
        version = await VersionStore(database).version(name, digest)
    if version is None:
        raise ConfigurationError(f"there is no version {digest!r} of {name!r} in the database")
    return read_script(version.content, f"{name}@{digest[:12]}")


def _as_json(before: Script, after: Script, changes: Sequence[Change]) -> dict[str, object]:
    return {
        "before": {"script": before.name, "digest": before.digest},
        "after": {"script": after.name, "digest": after.digest},
        "changes": [
            {"what": c.what, "how": c.how, "name": c.name, "before": c.before, "after": c.after, "text": str(c)}
            for c in changes
        ],
    }
