"""Voices that have a pace and no feelings: the offline voice, the scripted one, Deepgram Aura-2 and Flux."""

from __future__ import annotations

from agent.style.lexicon import NO_TERMS, Lexicon
from agent.style.render.rendering import Rendering, applied_without, paced, prepare
from calls.speech import NEUTRAL, SpeechStyle


def unfelt(style: SpeechStyle) -> tuple[str, ...]:
    """The emotion, which is lost."""
    return (f"emotion:{style.emotion}",) if style.emotion != NEUTRAL.emotion else ()


def render_offline(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """``pace`` as a factor from 0.5 to 2.0."""
    pace, lost = paced(style.pace, 0.5, 2.0)
    dropped = (*unfelt(style), *lost)
    words = prepare(text, style, lexicon)
    return Rendering(words, {"pace": pace}, applied=applied_without(style, dropped), dropped=dropped)


def render_aura(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """Deepgram Aura-2: ``speed`` for a whole connection, 0.7 to 1.5; marks for pauses exist on REST alone."""
    speed, lost = paced(style.pace, 0.7, 1.5, 0.05)
    dropped = (*unfelt(style), *lost)
    fixed = {"speed": speed} if speed != 1.0 else {}
    words = prepare(text, style, lexicon)
    return Rendering(words, fixed=fixed, applied=applied_without(style, dropped), dropped=dropped)


def render_flux(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """Deepgram Flux TTS: ``Configure`` with a speed of 0.5 to 1.5 in steps of 0.05.

    ``expressivity`` is fixed for a connection and risks mispronunciations, so no single clause may ask for it.
    """
    speed, lost = paced(style.pace, 0.5, 1.5, 0.05)
    dropped = (*unfelt(style), *lost)
    words = prepare(text, style, lexicon)
    return Rendering(words, {"speed": speed}, applied=applied_without(style, dropped), dropped=dropped)
