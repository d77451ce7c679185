"""Where versions are kept: texts by digest, and the releases that say which of them count."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.errors import ConfigurationError
from workflows.language.loader import read_script
from workflows.versions.tables import script_releases, script_versions

Kind = Literal["publish", "rollback", "split", "withdraw"]

FILES = "files"
"""Author of texts that took calls as files."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text a script once had."""

    name: str
    digest: str
    """SHA-256, hex, of ``content``"""
    content: str
    author: str
    reason: str
    drafted_at: datetime
    number: int
    """a later text has a larger one"""


@dataclass(frozen=True, slots=True)
class Release:
    """From when on which version counts."""

    name: str
    kind: Kind
    digest: str
    """empty when the script was withdrawn: its file counts again"""
    author: str
    reason: str
    released_at: datetime
    other: str = ""
    """digest of a second version that takes ``percent`` of the calls"""
    percent: int = 0
    id: int = 0


def digest_of(content: str) -> str:
    """What a script's version is known by; the same as ``Script.digest``."""
    return hashlib.sha256(content.encode()).hexdigest()


# Asked at every call and every second: putting it together takes longer than asking it.
CURRENT = select(script_releases).where(
    script_releases.c.id.in_(select(func.max(script_releases.c.id)).group_by(script_releases.c.name)),
    script_releases.c.kind != "withdraw",
)


class VersionStore:
    """Versions and releases in Postgres. Rows are added and never changed."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database
        self._alone = database.execution_options(isolation_level="AUTOCOMMIT")
        """for a statement that needs no transaction around it"""

    async def draft(self, content: str, file: str, author: str, reason: str, now: datetime) -> Version:
        """Keep a text as the newest draft; the newest one again is the draft it was.

        Raises ScriptError, ConfigurationError.
        """
        _named(author, reason)
        script = read_script(content, file)
        newest = await self.newest(script.name)
        if newest is not None and newest.digest == script.digest:
            return newest
        return await self._add(script.name, content, author, reason, now)

    async def keep(self, name: str, content: str, file: str, now: datetime) -> None:
        """Keep the text of a file that takes calls, unless it is here already."""
        if await self.version(name, digest_of(content)) is None:
            await self._add(name, content, FILES, file, now)

    async def _add(self, name: str, content: str, author: str, reason: str, now: datetime) -> Version:
        row = {"name": name, "digest": digest_of(content), "content": content}
        row |= {"author": author, "reason": reason}
        added = insert(script_versions).values(**row, drafted_at=now).returning(*script_versions.c)
        async with self._database.begin() as connection:
            return _version((await connection.execute(added)).mappings().one())

    async def version(self, name: str, digest: str) -> Version | None:
        """A version by its digest, or the beginning of one (8 letters at least) when only one begins so.

        Of a text that was drafted, the last time it was. Raises ConfigurationError when several begin so.
        """
        if len(digest) < 8 or not digest.isalnum():
            raise ConfigurationError(f"{digest!r} is no digest; give at least its first 8 letters")
        column = script_versions.c
        found = select(script_versions).where(column.name == name, column.digest.startswith(digest))
        wanted = found.order_by(column.author == FILES, column.number.desc())
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        if len({row["digest"] for row in rows}) > 1:
            raise ConfigurationError(f"several versions of {name} begin with {digest}; give more of the digest")
        return _version(rows[0]) if rows else None

    async def newest(self, name: str) -> Version | None:
        """The text that was drafted last."""
        wanted = select(script_versions).where(script_versions.c.name == name, script_versions.c.author != FILES)
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted.order_by(script_versions.c.number.desc()).limit(1))).mappings()
            first = row.first()
        return _version(first) if first else None

    async def versions(self, name: str) -> list[Version]:
        """Every text of a script, the oldest first."""
        wanted = select(script_versions).where(script_versions.c.name == name).order_by(script_versions.c.number)
        async with self._database.connect() as connection:
            return [_version(row) for row in (await connection.execute(wanted)).mappings()]

    async def release(self, release: Release) -> None:
        """From now on this counts, for the next call of every process. Raises ConfigurationError."""
        _named(release.author, release.reason)
        row = {name: getattr(release, name) for name in Release.__slots__ if name != "id"}
        async with self._database.begin() as connection:
            await connection.execute(insert(script_releases).values(**row))

    async def releases(self, name: str) -> list[Release]:
        """What counted when, the oldest first."""
        wanted = select(script_releases).where(script_releases.c.name == name).order_by(script_releases.c.id)
        async with self._database.connect() as connection:
            return [_release(row) for row in (await connection.execute(wanted)).mappings()]

    async def current(self) -> Mapping[str, Release]:
        """What counts now, by script; scripts that were withdrawn are left out."""
        async with self._alone.connect() as connection:
            rows = (await connection.execute(CURRENT)).mappings()
            return {row["name"]: _release(row) for row in rows}


def _named(author: str, reason: str) -> None:
    if not author.strip() or not reason.strip():
        raise ConfigurationError("a change of a script names who makes it and why; give --author and --reason")


def _version(row: RowMapping) -> Version:
    values = {name: row[name] for name in Version.__slots__}
    return Version(**values | {"drafted_at": row["drafted_at"].astimezone(UTC)})


def _release(row: RowMapping) -> Release:
    values = {name: row[name] for name in Release.__slots__}
    return Release(**values | {"released_at": row["released_at"].astimezone(UTC)})
