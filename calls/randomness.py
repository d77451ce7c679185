"""Chance through a port, so that a seed replays a call byte for byte."""

from __future__ import annotations

import base64
import random
import secrets
from typing import Protocol


class Randomness(Protocol):
    """Where tokens, identifiers, salts and jitter come from."""

    def token(self, nbytes: int = 24) -> str:
        """A URL-safe secret of ``nbytes`` random bytes."""

    def identifier(self, prefix: str) -> str:
        """A name nobody else has: ``prefix_`` and 20 letters and digits."""

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class SystemRandomness:
    """The operating system's; what production uses."""

    def token(self, nbytes: int = 24) -> str:
        """A secret from the system's generator."""
        return secrets.token_urlsafe(nbytes)

    def identifier(self, prefix: str) -> str:
        """100 random bits in 20 characters that survive being read aloud."""
        return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(20))

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return secrets.SystemRandom().uniform(low, high)


class SeededRandomness:
    """Reproducible, therefore never for secrets outside tests, simulation and replay."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def token(self, nbytes: int = 24) -> str:
        """Reproducible bytes in URL-safe letters."""
        return base64.urlsafe_b64encode(self._random.randbytes(nbytes)).rstrip(b"=").decode()

    def identifier(self, prefix: str) -> str:
        """Reproducible identifier."""
        return f"{prefix}_" + "".join(self._random.choice(_ALPHABET) for _ in range(20))

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return self._random.uniform(low, high)
