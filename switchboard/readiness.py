"""Whether the providers that lines name are ready: there, with a key, and, when asked to try, answering."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from agent.providers.registry import address_variable, find, key_variable
from calls.errors import ConfigurationError
from calls.line import Line
from switchboard.line_providers import OFFLINE, STAGES
from switchboard.settings import Settings

TRY_S = 5.0
ORIGINS = {
    "anthropic": "https://api.anthropic.com",
    "deepgram": "https://api.deepgram.com",
    "elevenlabs": "https://api.elevenlabs.io",
    "openai": "https://api.openai.com/v1",
}
"""Where vendors answer unless a variable says otherwise; of others, nothing is known without it."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """One provider of one stage of a line."""

    stage: str
    provider: str
    trouble: str = ""
    """empty: ready, as far as was tried"""
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.stage} {self.provider}{f': {self.trouble}' if self.trouble else ''}"


async def readiness(line: Line, settings: Settings, *, online: bool = False) -> list[Readiness]:
    """Every provider of a line, in order. ``online`` asks each vendor's address for any answer; no key is sent."""
    named = [(stage, name) for stage in STAGES for name in getattr(line, stage)]
    return list(await asyncio.gather(*(_one(stage, name, settings, online) for stage, name in named)))


async def _one(stage: str, name: str, settings: Settings, online: bool) -> Readiness:
    if name == OFFLINE:
        return Readiness(stage, name)
    try:
        offer = find(STAGES[stage], name)
        keyless = offer.keyless()
    except ConfigurationError as why:
        return Readiness(stage, name, "not there", str(why))
    key = key_variable(name)
    if key not in settings.keys and not keyless:
        return Readiness(stage, name, f"{key} is not set", f"put {key} into .env, or name another provider")
    return await _tried(stage, name, settings) if online else Readiness(stage, name)


async def _tried(stage: str, name: str, settings: Settings) -> Readiness:
    origin = _origin(name, settings)
    if not origin:
        return Readiness(stage, name)
    host, limit = urlsplit(origin).netloc, aiohttp.ClientTimeout(total=TRY_S)
    try:
        async with aiohttp.ClientSession() as session, session.head(origin, timeout=limit, allow_redirects=False):
            return Readiness(stage, name)
    except (aiohttp.ClientError, OSError, TimeoutError) as why:
        remedy = f"check the network, and {address_variable(name)} if you set it"
        return Readiness(stage, name, f"{host} does not answer ({type(why).__name__})", remedy)


def _origin(name: str, settings: Settings) -> str:
    return settings.addresses.get(address_variable(name)) or ORIGINS.get(name.partition("/")[0], "")
