"""A qualification: two providers on the same material, one after the other, and what follows from it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from agent.providers.registry import address_variable, names
from agent.resilience.prices import Prices
from calls.errors import ConfigurationError
from switchboard.line_providers import OFFLINE, STAGES
from switchboard.qualify.measures import Divergence, Measured, divergences
from switchboard.qualify.providers import Bench
from switchboard.qualify.stored import Call, entry_of
from switchboard.qualify.verdict import Check, checks
from workflows.language.scripts import ScriptSet

StageName = Literal["understanding", "hearing", "speaking"]
Tell = Callable[[str], None]
MOST_FAILED = 50.0
"""percent: a current provider that fails more often than this is nothing to be measured against"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found out."""

    stage: StageName
    candidate: str
    current: str
    voices: tuple[str, str] = ("default", "default")
    """the candidate's and the current one's; of no meaning but for speaking"""


@dataclass(slots=True)
class Qualification:
    """What was found."""

    asked: Asked
    line: str
    candidate: Measured
    current: Measured
    material: list[str] = field(default_factory=list)
    """what both were tried on, a line each"""
    sent: list[str] = field(default_factory=list)
    """what left for where"""
    prices: str = ""
    """the date of the price table"""

    @property
    def checks(self) -> list[Check]:
        """Each with its limit."""
        return checks(self.asked.stage, self.candidate, self.current)

    @property
    def divergences(self) -> list[Divergence]:
        """Worst first."""
        return divergences(self.candidate, self.current)

    @property
    def qualified(self) -> bool:
        """Whether the candidate may take the current one's place."""
        return all(check.holds for check in self.checks)


def full_name(stage: StageName, name: str) -> str:
    """A provider as lines name it; a vendor alone will do where it offers one. Raises ConfigurationError."""
    if name == OFFLINE or "/" in name:
        return name
    there = [one for one in names(STAGES[stage]) if one.partition("/")[0] == name]
    if len(there) == 1 and not there[0].endswith("/MODEL"):
        return there[0]
    known = ", ".join(there or [OFFLINE, *names(STAGES[stage])])
    raise ConfigurationError(f"{name!r} does not say which provider of {stage} is meant; name one of: {known}")


async def qualify(
    asked: Asked, bench: Bench, scripts: ScriptSet, prices: Prices, calls: Sequence[Call], why_none: str, tell: Tell
) -> Qualification:
    """Both providers on all of the material. Raises ConfigurationError when a provider cannot be made."""
    if (asked.candidate, asked.voices[0]) == (asked.current, asked.voices[1]):
        raise ConfigurationError(f"{asked.candidate} is the current provider already; name another with --candidate")
    match asked.stage:
        case "understanding":
            ready = _understanding(asked, bench, scripts, prices, calls, why_none)
        case "hearing":
            ready = await _hearing(asked, bench, prices)
        case "speaking":
            ready = _speaking(asked, bench, prices)
    found = []
    for name, voice in zip((asked.candidate, asked.current), asked.voices, strict=True):
        tell(f"{asked.stage}: {name}")
        found.append(await ready.measure(name, voice))
    if found[1].share("failed") > MOST_FAILED:
        raise ConfigurationError(
            f"{asked.current} failed on {found[1].share('failed'):.0f} % of the material ({_faults(found[1])}), so "
            "nothing can be measured against it; see `switchboard doctor --online`, or name another with --against"
        )
    sent = [_sent(name, bench, ready.shown) for name in (asked.candidate, asked.current)]
    return Qualification(asked, bench.line.id, found[0], found[1], ready.material, sent, prices.dated)


Measure = Callable[[str, str], Awaitable[Measured]]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A stage with its material."""

    measure: Measure
    material: list[str]
    shown: str
    """what of it leaves for a vendor"""


def _understanding(
    asked: Asked, bench: Bench, scripts: ScriptSet, prices: Prices, calls: Sequence[Call], why_none: str
) -> _Ready:
    from switchboard.qualify import turns, understanding

    frozen = turns.frozen_turns(scripts, bench.line)
    stored = turns.stored_turns(calls, scripts, lambda events: (bench.line, entry_of(events, bench.line)))
    both = [*frozen, *stored.turns]
    models = {name: bench.model(name) for name in (asked.candidate, asked.current)}

    async def measure(name: str, _: str) -> Measured:
        return await understanding.measure(name, models[name], both, bench, prices)

    told = f"{len(stored.turns)} turns of {stored.calls} stored calls; {stored.withheld} left out, not to be masked"
    material = [
        f"{len(frozen)} frozen turns ({digest_of(turns.FROZEN)})",
        told if stored.calls else f"no stored calls: {why_none}",
    ]
    shown = f"{len(frozen)} frozen turns"
    if stored.turns:
        shown += f", {len(stored.turns)} masked turns of stored calls with the talk before them"
    return _Ready(measure, material, shown)


async def _hearing(asked: Asked, bench: Bench, prices: Prices) -> _Ready:
    from switchboard.qualify import hearing

    ears = {name: bench.hearing(name) for name in (asked.candidate, asked.current)}
    said = await asyncio.to_thread(hearing.utterances)

    async def measure(name: str, _: str) -> Measured:
        return await hearing.measure(name, ears[name], said, bench, prices)

    voices = ", ".join(dict.fromkeys(one.voice for one in said))
    told = f"{len(said)} frozen utterances ({digest_of(hearing.FROZEN)}) by the caller voices {voices}, mu-law 8 kHz"
    return _Ready(measure, [told], f"{len(said)} utterances of made voices")


def _speaking(asked: Asked, bench: Bench, prices: Prices) -> _Ready:
    from switchboard.qualify import speaking

    pairs = zip((asked.candidate, asked.current), asked.voices, strict=True)
    voices = {pair: bench.voice(*pair) for pair in pairs}
    texts, recognizer = speaking.read_backs(), bench.recognizer()

    async def measure(name: str, voice: str) -> Measured:
        return await speaking.measure(name, voices[name, voice], texts, recognizer, bench, prices)

    told = f"{len(texts)} frozen texts ({digest_of(speaking.FROZEN)}), read back by the recognizer of this machine"
    return _Ready(measure, [told], f"{len(texts)} frozen texts")


def digest_of(path: Path) -> str:
    """The first characters of a frozen file's SHA-256: what was measured on the same file can be compared."""
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def _sent(name: str, bench: Bench, pieces: str) -> str:
    if name == OFFLINE:
        return f"{name}: nothing left this machine"
    address = bench.settings.addresses.get(address_variable(name), "")
    host = urlsplit(address).netloc if address else f"{name.partition('/')[0]}'s own address"
    return f"{name}: {pieces}, to {host}"


def _faults(measured: Measured) -> str:
    kinds = dict.fromkeys(answer.failed for answer in measured.answers if answer.failed)
    return ", ".join(kinds)
