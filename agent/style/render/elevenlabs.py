"""ElevenLabs: voice settings for Flash and Multilingual, audio tags for v3 and v4."""

from __future__ import annotations

import re

from agent.style.lexicon import NO_TERMS, Lexicon
from agent.style.render.rendering import Rendering, applied_without, comma, paced, prepare
from calls.speech import Emotion, SpeechStyle

_SETTINGS: dict[Emotion, tuple[float, float]] = {
    "neutral": (0.5, 1.0),
    "warm": (0.4, 1.0),
    "empathetic": (0.4, 0.97),
    "apologetic": (0.45, 0.97),
    "cheerful": (0.3, 1.03),
    "calm": (0.7, 0.97),
    "confident": (0.65, 1.0),
    "urgent": (0.4, 1.06),
    "serious": (0.75, 0.98),
}
"""emotion -> stability (lower is more lively) and a factor on the speed, at plain intensity; ours, not the vendor's"""
_PLAIN_STABILITY = 0.5
_SIMILARITY = 0.75
_LEAST_SPEED, _MOST_SPEED = 0.7, 1.2
_MOST_BREAK_MS = 3_000
_AMPERSAND = re.compile(r"\s*&\s*")


def render_settings(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """Flash v2.5, Multilingual v2: ``voice_settings`` of a context or a request; ``<break>`` before values.

    The text itself has no mark left in it: the socket parses SSML, HTTP knows breaks alone.
    """
    stability, factor = _SETTINGS[style.emotion]
    strength = 0.6 + 0.8 * min(max(style.intensity, 0.0), 1.0)
    stability = min(max(_PLAIN_STABILITY + (stability - _PLAIN_STABILITY) * strength, 0.0), 1.0)
    speed, dropped = paced(style.pace * factor, _LEAST_SPEED, _MOST_SPEED)
    controls = {"stability": round(stability, 2), "similarity_boost": _SIMILARITY, "speed": speed}
    words = prepare(text, style, lexicon, mark=_break, escape=_without_marks)
    return Rendering(words, controls, applied=applied_without(style, dropped), dropped=dropped)


def render_tags(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """v3, v4: ``[tags]`` before the words, ``stability`` in three steps; brackets of the text itself are dropped."""
    tags = [] if style.emotion == "neutral" else [f"[{style.emotion}]"]
    if style.pace <= 0.92:
        tags.append("[slowly]")
    elif style.pace >= 1.08:
        tags.append("[quickly]")
    strong, faint = style.intensity >= 0.75, style.intensity <= 0.25
    stability = 0.5 if style.emotion == "neutral" or not (strong or faint) else 0.0 if strong else 1.0
    dropped = ("pace",) if style.pace != 1.0 and 0.92 < style.pace < 1.08 else ()
    words = prepare(text, style, lexicon, mark=comma, escape=lambda part: part.replace("[", "").replace("]", ""))
    applied = applied_without(style, dropped)
    return Rendering(" ".join([*tags, words]), {"stability": stability}, applied=applied, dropped=dropped)


def _without_marks(part: str) -> str:
    return _AMPERSAND.sub(" and ", part).replace("<", "").replace(">", "")


def _break(ms: int) -> str:
    return f' <break time="{min(ms, _MOST_BREAK_MS) / 1000:g}s" /> '
