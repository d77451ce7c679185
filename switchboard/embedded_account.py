"""Who runs the embedded servers when we are root: Postgres refuses to, and nothing else needs to.

As an ordinary user the servers simply are ours. As root they run as the owner of their folder or, in a new
folder, as `postgres` or `nobody`, whichever the machine has; no account is made.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine, by name and numbers."""

    name: str
    uid: int
    gid: int


def find_account(folder: Path) -> Account | None:
    """The account for the servers in `folder`, or None for "as we are". Raises PermissionError."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid
    if owner != 0:
        try:
            entry = pwd.getpwuid(owner)
        except KeyError:
            raise PermissionError(1, f"its owner, user number {owner}, does not exist here") from None
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise PermissionError(1, f"root may not run Postgres and this machine has no user {CANDIDATES}")


def let_in(account: Account, folder: Path, programs: Path, progress: Callable[[str], None]) -> None:
    """Let `account` reach its folder and the programs: search permission on the way, nothing more.

    A root's home is usually closed (mode 700), and a repository cloned there would be out of reach.
    """
    for target in (folder, programs):
        for parent in target.resolve().parents:
            found = parent.stat()
            if not _may_search(account, found):
                parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
                progress(f"user {account.name} may now pass through {parent} (chmod o+x)")
    _open_programs(programs)


def _may_search(account: Account, found: os.stat_result) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _open_programs(programs: Path) -> None:
    """Undo a strict umask of the installer (077) for programs, libraries and shared files."""
    probe = next(programs.iterdir()).stat().st_mode
    if probe & stat.S_IROTH and programs.stat().st_mode & stat.S_IXOTH:
        return
    for place, _, files in os.walk(programs.parent):
        for path in (Path(place), *(Path(place, name) for name in files)):
            mode = path.stat().st_mode
            path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
