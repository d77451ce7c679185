"""``switchboard workflow versions | rollback | split``: what counts, what counted, and changing it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from calls.clock import utc_now
from calls.errors import ConfigurationError
from switchboard.commands.workflow.publish import opened, publisher, whose

if TYPE_CHECKING:
    from workflows.versions.store import Release, Version


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verbs."""
    versions = verbs.add_parser("versions", help="every version of a script, and what took calls when")
    versions.add_argument("name", metavar="NAME")
    versions.add_argument("--diff", nargs=2, metavar=("FROM", "TO"), help="what changed between two digests")
    versions.set_defaults(run=run_versions)
    rollback = verbs.add_parser("rollback", help="one step back: what counted before counts again")
    rollback.add_argument("name", metavar="NAME")
    whose(rollback)
    rollback.set_defaults(run=run_rollback)
    split = verbs.add_parser("split", help="let a second version take a share of the calls; 0 takes it back")
    split.add_argument("name", metavar="NAME")
    split.add_argument("digest", metavar="DIGEST")
    split.add_argument("percent", type=int, metavar="PERCENT")
    whose(split)
    split.set_defaults(run=run_split)


async def run_versions(arguments: argparse.Namespace) -> int:
    """1 when there is none."""
    from workflows.versions.publishing import diff

    async with opened() as store:
        if arguments.diff:
            before, after = [await store.version(arguments.name, digest) for digest in arguments.diff]
            if before is None or after is None:
                missing = arguments.diff[0 if before is None else 1]
                raise ConfigurationError(f"{arguments.name} has no version {missing}; see: workflow versions NAME")
            print(diff(before, after), end="")
            return 0
        versions = await store.versions(arguments.name)
        releases = await store.releases(arguments.name)
    if not versions:
        print(f"{arguments.name} has no versions: no call was answered with it and nothing was drafted",
              file=sys.stderr)  # fmt: skip
        return 1
    counts = releases[-1] if releases else None
    for version in versions:
        print(f"{version.digest[:12]}  {version.drafted_at:%Y-%m-%d %H:%M}  {version.author:16} "
              f"{_role(version, counts):18} {version.reason}")  # fmt: skip
    for release in releases:
        share = f", {release.percent} % to {release.other[:12]}" if release.other else ""
        what = release.digest[:12] or "its file"
        print(f"  {release.released_at:%Y-%m-%d %H:%M}  {release.kind:9} {what}{share}  "
              f"{release.author}: {release.reason}")  # fmt: skip
    return 0


def _role(version: Version, counts: Release | None) -> str:
    if counts is None:
        return ""
    if version.digest == counts.digest:
        return f"takes {100 - counts.percent} %" if counts.other else "takes all calls"
    return f"takes {counts.percent} %" if version.digest == counts.other else ""


async def run_rollback(arguments: argparse.Namespace) -> int:
    """0 when the former one counts again."""
    async with opened() as store:
        who = await publisher(store, arguments.name, [])
        release = await who.rollback(arguments.name, arguments.author, arguments.reason, utc_now())
    what = f"version {release.digest[:12]}" if release.digest else "its file"
    print(f"{arguments.name}: {what} takes calls from the next one on")
    return 0


async def run_split(arguments: argparse.Namespace) -> int:
    """0 when the share counts, 1 when the version was refused."""
    from workflows.versions.publishing import PublishRefused

    async with opened() as store:
        who = await publisher(store, arguments.name, [])
        try:
            release = await who.split(
                arguments.name, arguments.digest, arguments.percent, arguments.author, arguments.reason, utc_now()
            )
        except PublishRefused as why:
            print(why, file=sys.stderr)
            return 1
    print(f"{arguments.name}: {release.digest[:12]} takes {100 - release.percent} % of the calls"
          + (f", {release.other[:12]} takes {release.percent} %" if release.other else ""))  # fmt: skip
    return 0
