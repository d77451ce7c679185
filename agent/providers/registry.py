"""Which providers there are: ours, and those of any installed package that offers one through an entry point.

A provider is named ``VENDOR/MODEL`` in ``lines.yaml``. An entry point in one of ``GROUPS`` offers it, under the name
``VENDOR.MODEL`` for one model or ``VENDOR`` for all of a vendor's, and stands for one function
``make(config: ProviderConfig) -> port``. Nothing is imported before a line names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, cast

from agent.ports import Hearing, Voice
from agent.providers.config import ProviderConfig
from agent.thinking.model import LanguageModel
from calls.errors import ConfigurationError

Kind = Literal["hearing", "thinking", "speaking"]
"""What a provider does; ``lines.yaml`` names a thinking one under ``understanding``."""

KINDS: tuple[Kind, ...] = ("hearing", "thinking", "speaking")

GROUPS: dict[Kind, str] = {kind: f"switchboard.{kind}" for kind in KINDS}
"""The entry-point groups."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*/[A-Za-z0-9][A-Za-z0-9._:/@-]*")
"""``VENDOR/MODEL``; a model's own name may have slashes in it."""

OURS = "switchboard-voice"

SHIPPED: dict[Kind, dict[str, str]] = {
    "hearing": {
        "deepgram.flux": "agent.providers.deepgram.flux:make",
        "deepgram.nova-3": "agent.providers.deepgram.nova:make",
        "elevenlabs.scribe": "agent.providers.elevenlabs.scribe:make",
    },
    "thinking": {
        "anthropic": "agent.providers.anthropic.model:make",
        "openai": "agent.providers.openai.model:make",
    },
    "speaking": {
        "deepgram.aura-2": "agent.providers.deepgram.speaking:make_aura",
        "deepgram.flux-tts": "agent.providers.deepgram.speaking:make_flux",
        "elevenlabs.flash": "agent.providers.elevenlabs.speaking:make",
        "elevenlabs.flash-http": "agent.providers.elevenlabs.speaking_http:make",
        "elevenlabs.multilingual": "agent.providers.elevenlabs.speaking:make",
        "elevenlabs.v3": "agent.providers.elevenlabs.speaking_http:make",
        "elevenlabs.v4": "agent.providers.elevenlabs.speaking_http:make",
    },
}
"""Ours, as ``pyproject.toml`` lists them too: found also from a folder that was never installed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider which a package offers."""

    kind: Kind
    name: str
    """of the entry point: ``deepgram.flux``, ``anthropic``"""
    target: str
    """``module:function``"""
    package: str
    """the distribution that brings it"""

    def load(self) -> Callable[[ProviderConfig], object]:
        """Import the function. Raises ConfigurationError when it is not there."""
        module, _, attribute = self.target.partition(":")
        try:
            found = getattr(import_module(module), attribute)
        except (ImportError, AttributeError) as why:
            raise ConfigurationError(
                f"the {self.kind} provider {self.name} of the package {self.package} cannot be loaded from "
                f"{self.target} ({type(why).__name__}: {why}); reinstall that package"
            ) from why
        if not callable(found):
            raise ConfigurationError(f"{self.target} of the package {self.package} is no function make(config)")
        return cast(Callable[[ProviderConfig], object], found)

    def keyless(self) -> bool:
        """Whether the provider works without a key: its function says ``make.keyless = True``."""
        return bool(getattr(self.load(), "keyless", False))


def offers(kind: Kind, installed: Iterable[EntryPoint] | None = None) -> dict[str, Offer]:
    """Every provider of a kind by its entry's name. Raises ConfigurationError when two packages offer the same one."""
    found = {name: Offer(kind, name, target, OURS) for name, target in SHIPPED[kind].items()}
    for entry in entry_points(group=GROUPS[kind]) if installed is None else installed:
        package = entry.dist.name if entry.dist is not None else "?"
        if package == OURS:
            continue  # what stands above is newer than the metadata of an earlier install
        other = found.get(entry.name)
        if other is not None and other.target != entry.value:
            raise ConfigurationError(
                f"{other.package} and {package} both offer the {kind} provider {entry.name}; uninstall one of them"
            )
        found[entry.name] = Offer(kind, entry.name, entry.value, package)
    return found


def find(kind: Kind, provider: str) -> Offer:
    """Who offers ``VENDOR/MODEL``. Raises ConfigurationError, with the list of what there is."""
    vendor, slash, model = provider.partition("/")
    known = offers(kind)
    offer = known.get(f"{vendor}.{model}") or known.get(vendor)
    if offer is None or not slash or not NAME.fullmatch(provider):
        raise ConfigurationError(f"there is no {kind} provider {provider!r}; there are: {', '.join(names(kind))}")
    return offer


def names(kind: Kind) -> list[str]:
    """What can be named in a line: ``deepgram/flux``; ``anthropic/MODEL`` where any model can."""
    return [name.replace(".", "/", 1) if "." in name else f"{name}/MODEL" for name in sorted(offers(kind))]


def key_variable(provider: str) -> str:
    """``DEEPGRAM_API_KEY`` of ``deepgram/flux``."""
    return f"{_vendor(provider)}_API_KEY"


def address_variable(provider: str) -> str:
    """``DEEPGRAM_BASE_URL`` of ``deepgram/flux``."""
    return f"{_vendor(provider)}_BASE_URL"


def make_hearing(config: ProviderConfig) -> Hearing:
    """The hearing provider ``config.name``. Raises ConfigurationError."""
    return cast(Hearing, find("hearing", config.name).load()(config))


def make_thinking(config: ProviderConfig) -> LanguageModel:
    """The language model ``config.name``. Raises ConfigurationError."""
    return cast(LanguageModel, find("thinking", config.name).load()(config))


def make_speaking(config: ProviderConfig) -> Voice:
    """The voice ``config.name``. Raises ConfigurationError."""
    return cast(Voice, find("speaking", config.name).load()(config))


def _vendor(provider: str) -> str:
    return provider.partition("/")[0].upper().replace("-", "_")
