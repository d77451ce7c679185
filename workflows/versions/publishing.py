"""Publishing: what was checked counts from the next call on, and one step leads back."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from calls.errors import ConfigurationError
from workflows.language.loader import read_script
from workflows.language.model import Script
from workflows.language.scripts import ScriptSet
from workflows.versions.store import Release, Version, VersionStore

Check = Callable[[ScriptSet, Script], Awaitable[Sequence[str]]]
"""Given the scripts as they would be and the one that changes: what is wrong with it, one message each."""


class PublishRefused(ConfigurationError):
    """The script has faults, or its scenarios fail; ``messages`` has every one. Mend them, draft again, publish."""

    code = "configuration.publish_refused"

    def __init__(self, name: str, messages: Sequence[str]) -> None:
        found = "\n".join(messages)
        super().__init__(f"{name} was not published:\n{found}")
        self.messages = tuple(messages)


class Publisher:
    """Changes what counts. ``base``: the files; what is published of others stands beside a new version too."""

    def __init__(self, store: VersionStore, base: ScriptSet, checks: Sequence[Check]) -> None:
        self._store = store
        self._base = base
        self._checks = checks

    async def publish(self, name: str, digest: str, author: str, reason: str, now: datetime) -> Release:
        """Let a version (the newest draft when ``digest`` is empty) take all calls.

        Raises PublishRefused, ConfigurationError.
        """
        version = await self._wanted(name, digest)
        await self._check(version)
        release = Release(name, "publish", version.digest, author, reason, now)
        await self._store.release(release)
        return release

    async def split(
        self, name: str, digest: str, percent: int, author: str, reason: str, now: datetime
    ) -> Release:
        """Let a second version take ``percent`` of the calls; the published one keeps the rest.

        Raises PublishRefused, ConfigurationError.
        """
        if not 0 <= percent <= 100:
            raise ConfigurationError(f"a share is from 0 to 100 percent (it is {percent})")
        current = (await self._store.current()).get(name)
        if current is None:
            raise ConfigurationError(f"{name} has no published version to share its calls; publish one first")
        version = await self._wanted(name, digest)
        if version.digest == current.digest:
            raise ConfigurationError(f"{digest} is the published version itself; name the other one")
        await self._check(version)
        other = version.digest if percent else ""
        release = Release(name, "split", current.digest, author, reason, now, other, percent)
        await self._store.release(release)
        return release

    async def rollback(self, name: str, author: str, reason: str, now: datetime) -> Release:
        """One step back: what counted before counts again, as it did. Before the first version that is the file.

        It was checked when it was published, so nothing stands in the way. Raises ConfigurationError.
        """
        history = await self._store.releases(name)
        if not history:
            raise ConfigurationError(f"{name} was never published; there is nothing to go back from")
        now_counts = history[-1]
        before = next((r for r in reversed(history[:-1]) if _counts(r) != _counts(now_counts)), None)
        if before is None and now_counts.kind == "withdraw":
            raise ConfigurationError(f"{name} was taken back to its file; there is nothing before that")
        if before is None or before.kind == "withdraw":
            release = Release(name, "withdraw", "", author, reason, now)
        else:
            release = Release(name, "rollback", before.digest, author, reason, now, before.other, before.percent)
        await self._store.release(release)
        return release

    async def _wanted(self, name: str, digest: str) -> Version:
        version = await (self._store.version(name, digest) if digest else self._store.newest(name))
        if version is None:
            which = f"version {digest} of {name}" if digest else f"draft of {name}"
            raise ConfigurationError(f"there is no {which}; make one: switchboard workflow draft FILE")
        return version

    async def _check(self, version: Version) -> None:
        script = _read(version)
        together = self._base.replacing([*await self._beside(version.name), script])
        messages = [message for check in self._checks for message in await check(together, script)]
        if messages:
            raise PublishRefused(version.name, messages)


    async def _beside(self, name: str) -> list[Script]:
        """What calls will find beside ``name``: the other scripts' published versions."""
        others = [release for release in (await self._store.current()).values() if release.name != name]
        versions = [await self._store.version(release.name, release.digest) for release in others]
        return [_read(version) for version in versions if version is not None]


def _read(version: Version) -> Script:
    return read_script(version.content, f"{version.name}@{version.digest[:8]}")


def _counts(release: Release) -> tuple[str, str, int]:
    return release.digest, release.other, release.percent


def diff(before: Version | None, after: Version) -> str:
    """What changed, line by line (unified); all of it for a first version."""
    old = before.content.splitlines(keepends=True) if before else []
    new = after.content.splitlines(keepends=True)
    names = (before.digest[:8] if before else "nothing", after.digest[:8])
    return "".join(
        line if line.endswith("\n") else f"{line}\n" for line in difflib.unified_diff(old, new, *names)
    )
