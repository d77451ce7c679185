"""OpenAI-compatible speech: one sentence of instructions, and a speed."""

from __future__ import annotations

from agent.style.lexicon import NO_TERMS, Lexicon
from agent.style.render.rendering import Control, Rendering, applied_without, paced, prepare
from calls.speech import Emotion, SpeechStyle

_MANNERS: dict[Emotion, str] = {
    "neutral": "in a plain, friendly voice",
    "warm": "warmly",
    "empathetic": "with empathy",
    "apologetic": "apologetically",
    "cheerful": "cheerfully",
    "calm": "calmly",
    "confident": "with confidence",
    "urgent": "with urgency",
    "serious": "seriously",
}


def render_instructions(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """``instructions`` and ``speed`` (0.25 to 4) of ``POST /v1/audio/speech``."""
    degree = "slightly, " if style.intensity <= 0.25 else "very clearly so, " if style.intensity >= 0.75 else ""
    degree = degree if style.emotion != "neutral" else ""
    instructions = f"Speak {_MANNERS[style.emotion]}, {degree}as on the telephone."
    speed, dropped = paced(style.pace, 0.25, 4.0)
    controls: dict[str, Control] = {"instructions": instructions, "speed": speed}
    words = prepare(text, style, lexicon)
    return Rendering(words, controls, applied=applied_without(style, dropped), dropped=dropped)
