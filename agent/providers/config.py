"""What a provider is made from: one ``ProviderConfig``, whatever the vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calls.clock import Clock
from calls.line import Term

if TYPE_CHECKING:
    import aiohttp


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """Everything the function ``make(config)`` of a provider may use. Never logged: ``key`` is hidden from ``repr``."""

    name: str
    """as lines name it, ``deepgram/flux``: for traits, errors and the record"""
    model: str
    """what stands behind the first slash: ``flux``, ``claude-haiku-5-5``"""
    voice: str
    """the vendor's voice id; ``default``: the provider's own choice; of no meaning but for speaking"""
    locale: str
    """``en-US``"""
    base_url: str
    """http(s) origin from ``VENDOR_BASE_URL``, without a slash at its end; empty: the vendor's own"""
    session: aiohttp.ClientSession
    """one per process; sockets are opened with ``compress=0``"""
    clock: Clock
    key: str = field(default="", repr=False)
    vocabulary: tuple[Term, ...] = ()
    """words of the line's trade, with how they are said"""

    def socket_origin(self, default: str) -> str:
        """``base_url``, or ``default`` when it is empty, with ``ws`` in place of ``http``."""
        origin = self.base_url or default
        return f"ws{origin.removeprefix('http')}" if origin.startswith("http") else origin
