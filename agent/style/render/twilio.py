"""The carrier's own ``<Say>``: SSML spans (Twilio's documentation, "Text-to-Speech", SSML tags)."""

from __future__ import annotations

import math
from html import escape

from agent.style.lexicon import NO_TERMS, Lexicon
from agent.style.render.plain import unfelt
from agent.style.render.rendering import Rendering, applied_without, paced, prepare
from calls.line import Term
from calls.speech import SpeechStyle


def render_say(text: str, style: SpeechStyle, lexicon: Lexicon = NO_TERMS) -> Rendering:
    """The inside of ``<Say>``: prosody, breaks and phonemes."""
    pace, lost = paced(style.pace, 0.5, 2.0)
    dropped = (*unfelt(style), *lost)
    words = prepare(text, style, lexicon, mark=_break, escape=lambda part: escape(part, quote=False), form=_phoneme)
    prosody = ""
    if pace != 1.0:
        prosody += f' rate="{pace * 100:.0f}%"'
    if style.volume != 1.0:
        prosody += f' volume="{20 * math.log10(min(max(style.volume, 0.1), 3.0)):+.1f}dB"'
    said = f"<prosody{prosody}>{words}</prosody>" if prosody else words
    return Rendering(said, applied=applied_without(style, dropped), dropped=dropped)


def _break(ms: int) -> str:
    return f' <break time="{ms}ms"/> '


def _phoneme(term: Term, found: str) -> str:
    if term.ipa:
        return f'<phoneme alphabet="ipa" ph="{escape(term.ipa)}">{found}</phoneme>'
    return escape(term.say, quote=False) or found
