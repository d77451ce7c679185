"""Deepgram's voices over sockets of ours: ``deepgram/aura-2`` and ``deepgram/flux-tts``.

Why not through deepgram-sdk: docs/decisions/0017-voices-over-our-own-sockets.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from agent.hearing.stream.socket import Handshake, dial_through
from agent.ports import VoiceTraits
from agent.providers.config import ProviderConfig
from agent.providers.deepgram.speaking_wire import AuraWire, FluxWire
from agent.speaking.socket_voice import SocketVoice
from agent.speaking.wire import SocketVendor, VoiceLimits
from agent.style.lexicon import Lexicon
from agent.style.render.plain import render_aura, render_flux
from agent.style.render.rendering import Control

ORIGIN = "https://api.deepgram.com"
AURA_VOICE, FLUX_VOICE = "thalia", "alexis"


def make_aura(config: ProviderConfig, limits: VoiceLimits | None = None) -> SocketVoice:
    """Aura-2. ``voice`` is a name (``thalia``) or the whole model (``aura-2-thalia-en``)."""
    lexicon = Lexicon(config.vocabulary)
    vendor = SocketVendor(
        provider=config.name,
        traits=_traits(config, lexicon),
        render=lambda text, style: render_aura(text, style, lexicon),
        handshake=_handshake(config, "/v1/speak", _model(config, "aura-2", AURA_VOICE)),
        wire=lambda _fixed: AuraWire(),
        limits=limits or VoiceLimits(),
    )
    return SocketVoice(vendor, dial_through(config.session), config.clock)


def make_flux(config: ProviderConfig, limits: VoiceLimits | None = None) -> SocketVoice:
    """Flux TTS. ``voice`` is a name (``alexis``) or the whole model (``flux-alexis-en``)."""
    lexicon = Lexicon(config.vocabulary)
    vendor = SocketVendor(
        provider=config.name,
        traits=_traits(config, lexicon),
        render=lambda text, style: render_flux(text, style, lexicon),
        handshake=_handshake(config, "/v2/speak", _model(config, "flux", FLUX_VOICE)),
        wire=FluxWire,
        limits=limits or VoiceLimits(),
    )
    return SocketVoice(vendor, dial_through(config.session), config.clock)


def _traits(config: ProviderConfig, lexicon: Lexicon) -> VoiceTraits:
    return VoiceTraits(f"{config.name}:{config.voice}", frozenset({"pace"}), lexicon.unused(ipa=False))


def _model(config: ProviderConfig, family: str, default: str) -> str:
    """``aura-2-thalia-en``: family, voice, language."""
    voice = default if config.voice in ("", "default") else config.voice
    if voice.startswith(f"{family}-"):
        return voice
    return f"{family}-{voice}-{config.locale.partition('-')[0] or 'en'}"


def _handshake(config: ProviderConfig, path: str, model: str) -> Callable[[Mapping[str, Control]], Handshake]:
    def handshake(fixed: Mapping[str, Control]) -> Handshake:
        query = urlencode({"model": model, "encoding": "mulaw", "sample_rate": 8000, **fixed})
        return Handshake(f"{config.socket_origin(ORIGIN)}{path}?{query}", {"Authorization": f"Token {config.key}"})

    return handshake
