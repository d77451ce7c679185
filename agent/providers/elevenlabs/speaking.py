"""ElevenLabs' voices: ``elevenlabs/flash`` and ``elevenlabs/multilingual`` over one socket per call, and over HTTP.

Why neither goes through the SDK: docs/decisions/0017-voices-over-our-own-sockets.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from agent.hearing.stream.socket import Handshake, dial_through
from agent.ports import VoiceTraits
from agent.providers.config import ProviderConfig
from agent.providers.elevenlabs.speaking_wire import ContextWire
from agent.speaking.socket_voice import SocketVoice
from agent.speaking.wire import SocketVendor, VoiceLimits
from agent.style.lexicon import Lexicon
from agent.style.render.elevenlabs import render_settings
from agent.style.render.rendering import Control
from calls.errors import ConfigurationError

ORIGIN = "https://api.elevenlabs.io"
DEFAULT_VOICE = "21m00Tcm4TlvDq8ikWAM"
"""one of the vendor's premade voices"""
MODELS = {
    "flash": "eleven_flash_v2_5",
    "flash-http": "eleven_flash_v2_5",
    "multilingual": "eleven_multilingual_v2",
    "v3": "eleven_v3",
    "v4": "eleven_v4",
}
"""as lines name them -> the vendor's id; v3 and v4 are not served by this socket"""
TAGGED = ("eleven_v3", "eleven_v4")


def make(config: ProviderConfig, limits: VoiceLimits | None = None) -> SocketVoice:
    """A voice over the socket with contexts. Raises ConfigurationError for a model which it does not serve."""
    model = model_id(config)
    if model.startswith(TAGGED):
        raise ConfigurationError(f"{config.name} is not served by a socket with contexts; name elevenlabs/v3 or v4")
    lexicon = Lexicon(config.vocabulary)
    vendor = SocketVendor(
        provider=config.name,
        traits=traits(config, lexicon),
        render=lambda text, style: render_settings(text, style, lexicon),
        handshake=lambda _fixed: _handshake(config, model),
        wire=_wire,
        limits=limits or VoiceLimits(),
    )
    return SocketVoice(vendor, dial_through(config.session), config.clock)


def model_id(config: ProviderConfig) -> str:
    """The vendor's id of the model a line names. Raises ConfigurationError."""
    if config.model.startswith("eleven_"):
        return config.model
    if config.model not in MODELS:
        raise ConfigurationError(f"{config.name}: there is no such voice model; there are {', '.join(MODELS)}")
    return MODELS[config.model]


def voice_id(config: ProviderConfig) -> str:
    """The voice in a URL's path."""
    return quote(DEFAULT_VOICE if config.voice in ("", "default") else config.voice, safe="")


def traits(config: ProviderConfig, lexicon: Lexicon) -> VoiceTraits:
    """Emotions by settings or tags; pronunciations as respellings."""
    renders = frozenset({"emotion", "pace"})
    return VoiceTraits(f"{config.name}:{config.voice}", renders, lexicon.unused(ipa=False))


def _wire(_fixed: Mapping[str, Control]) -> ContextWire:
    return ContextWire()


def _handshake(config: ProviderConfig, model: str) -> Handshake:
    query = {"model_id": model, "output_format": "ulaw_8000", "enable_ssml_parsing": "true"}
    if model == "eleven_flash_v2_5":
        # Without it the model guesses the language from the first words.
        query["language_code"] = config.locale.partition("-")[0] or "en"
    origin = config.socket_origin(ORIGIN)
    url = f"{origin}/v1/text-to-speech/{voice_id(config)}/multi-stream-input?{urlencode(query)}"
    return Handshake(url, {"xi-api-key": config.key})
