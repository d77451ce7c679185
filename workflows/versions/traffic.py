"""Who gets which version: always the same for the same call, whichever process asks."""

from __future__ import annotations

import hashlib

from workflows.versions.store import Release


def share_of(call: str, name: str) -> float:
    """Where a call stands among all calls of a script: from 0 to below 100, evenly spread."""
    spread = hashlib.sha256(f"{name}\0{call}".encode()).digest()
    return int.from_bytes(spread[:8], "big") / 2**64 * 100


def pick(release: Release, call: str) -> str:
    """The digest of the version that takes ``call``."""
    if release.other and share_of(call, release.name) < release.percent:
        return release.other
    return release.digest
