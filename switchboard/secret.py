"""The secret of this installation: what call tokens, sessions and counts of callers are keyed with.

Every process that answers the same numbers needs the same one (docs/decisions/0013).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from calls.errors import ConfigurationError

SHORTEST = 32
"""characters of SWITCHBOARD_SECRET"""
NAME = "session.key"


def signing_key(var: Path, secret: str = "") -> bytes:
    """32 secret bytes: from ``secret`` when there is one, else made once and kept under ``var`` for this user only.

    Raises ConfigurationError for a secret that could be guessed.
    """
    if secret:
        if len(secret) < SHORTEST:
            raise ConfigurationError(
                f"SWITCHBOARD_SECRET has {len(secret)} characters and could be guessed; use at least {SHORTEST}, "
                "for example from: openssl rand -base64 32"
            )
        return hashlib.sha256(secret.encode()).digest()
    path = var / NAME
    var.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return path.read_bytes()


def print_of(key: bytes) -> str:
    """By which processes tell whether they have the same key: 8 hex digits that betray nothing of it."""
    return hmac.new(key, b"which key", hashlib.sha256).hexdigest()[:8]


def _make(path: Path) -> None:
    """Whole or not at all: another process may read it at any moment."""
    handle, draft = tempfile.mkstemp(prefix=NAME, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key counts
    finally:
        os.unlink(draft)
