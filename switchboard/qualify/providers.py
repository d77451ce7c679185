"""The providers that are compared, made by name as a line's are, without what stands in for them when they fail."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from agent.ports import Hearing, Recognizer, Voice
from agent.providers.config import ProviderConfig
from agent.providers.registry import (
    Kind,
    address_variable,
    find,
    key_variable,
    make_hearing,
    make_speaking,
    make_thinking,
)
from agent.thinking.model import LanguageModel
from agent.understanding.local import LocalUnderstander
from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.line import Line
from switchboard.line_providers import OFFLINE, STAGES
from switchboard.settings import Settings

if TYPE_CHECKING:
    from agent.offline.workers import OfflineSpeech


@dataclass(frozen=True, slots=True)
class Bench:
    """What providers are made with, and measured by."""

    settings: Settings
    session: aiohttp.ClientSession
    clock: Clock
    line: Line
    offline: OfflineSpeech | None = None
    """this machine's recognizer and voice, where a stage needs them"""

    def model(self, name: str) -> LanguageModel | None:
        """A language model; None for this machine's own understanding. Raises ConfigurationError."""
        return None if name == OFFLINE else make_thinking(self._config("thinking", name))

    async def understander(self) -> LocalUnderstander:
        """Of this machine, as a line has it: with the sentence model where it is installed."""
        from switchboard.rehearsal.likeness import LocalSimilarity

        try:
            local = LocalUnderstander(LocalSimilarity.load())
        except ConfigurationError:
            return LocalUnderstander()
        await local.prepare()
        return local

    def hearing(self, name: str) -> Hearing:
        """Raises ConfigurationError."""
        if name != OFFLINE:
            return make_hearing(self._config("hearing", name))
        from agent.hearing.local import LocalHearing
        from agent.offline.silero import SileroModel
        from agent.offline_parts import SileroDetector

        detector = SileroModel.load()
        return LocalHearing(self.recognizer(), lambda: SileroDetector(detector))

    def voice(self, name: str, voice: str = "default") -> Voice:
        """Raises ConfigurationError."""
        if name != OFFLINE:
            return make_speaking(self._config("speaking", name, voice))
        from agent.offline_parts import OfflineVoice

        return OfflineVoice(self._speech(), vocabulary=self.line.vocabulary)

    def recognizer(self) -> Recognizer:
        """Of this machine."""
        from agent.offline_parts import OfflineRecognizer

        return OfflineRecognizer(self._speech())

    def _speech(self) -> OfflineSpeech:
        if self.offline is None:
            raise ConfigurationError("this stage needs the models of this machine; see `switchboard doctor`")
        return self.offline

    def _config(self, kind: Kind, name: str, voice: str = "default") -> ProviderConfig:
        refuse_without_key(kind, name, self.settings)
        return ProviderConfig(
            name=name,
            model=name.partition("/")[2],
            voice=voice,
            locale=self.line.locale,
            base_url=self.settings.addresses.get(address_variable(name), ""),
            session=self.session,
            clock=self.clock,
            key=self.settings.keys.get(key_variable(name), ""),
            vocabulary=self.line.vocabulary,
        )


def refuse_without_key(kind: Kind, name: str, settings: Settings) -> None:
    """Raises ConfigurationError naming the variable, or the providers there are."""
    offer, variable = find(kind, name), key_variable(name)
    if variable not in settings.keys and not offer.keyless():
        raise ConfigurationError(f"{name} wants {variable}, which is not set; set it in the environment or in .env")


def current_of(stage: str, line: Line) -> tuple[str, str]:
    """The provider a line has for a stage, and its voice: of several the first that is asked."""
    names: Sequence[str] = getattr(line, stage)
    return names[0], line.voice[0] if stage == "speaking" and line.voice else "default"


def kind_of(stage: str) -> Kind:
    """What the registry calls a stage."""
    return STAGES[stage]


@contextlib.asynccontextmanager
async def offline_speech(settings: Settings) -> AsyncIterator[Any]:
    """This machine's recognizer and voice, in processes of their own."""
    from agent.offline.workers import OfflineSpeech as Speech

    speech = Speech()
    await speech.start(settings.var / "models")
    try:
        yield speech
    finally:
        await speech.aclose()
