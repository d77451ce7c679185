"""What rendering a style gives, and what all voices have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.style.lexicon import Form, Lexicon, plain_letters
from agent.style.wording import as_said, pause_ms, pause_place
from calls.speech import NEUTRAL, SpeechStyle

Control = str | float | bool


@dataclass(frozen=True, slots=True)
class Rendering:
    """The parts of a vendor's request that depend on words and style."""

    text: str
    """with the voice's own marks in it, if it has any"""
    controls: Mapping[str, Control] = field(default_factory=dict)
    """settings by the vendor's own names"""
    fixed: Mapping[str, Control] = field(default_factory=dict)
    """settings that hold for a whole connection of this vendor"""
    applied: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    """``emotion:warm``, ``pace`` ...; a pace that is out of the voice's reach: ``pace:0.5>0.7``"""


def nothing(_ms: int) -> str:
    """No mark for a pause."""
    return ""


def comma(_ms: int) -> str:
    """The short pause every voice makes of itself; its length is the voice's."""
    return ", "


def prepare(
    text: str,
    style: SpeechStyle,
    lexicon: Lexicon,
    *,
    mark: Callable[[int], str] = comma,
    escape: Callable[[str], str] = str,
    form: Form = plain_letters,
) -> str:
    """The words a voice gets: values in words, terms respelled, ``mark`` before a value that wants a pause.

    A pause before the first word is not made here: ``agent/speaking`` puts quiet before the audio, for every voice.
    """
    place = pause_place(text, style) or 0

    def said(part: str) -> str:
        return lexicon.respelled(escape(as_said(part, style.say_as)), form)

    if not place:
        return said(text)
    before, value = text[:place].rstrip(), text[place:]
    pause = mark(pause_ms(style))
    if pause.strip() == "," and before[-1:] in ",;:.!?-–—":
        pause = " "
    return f"{said(before)}{pause or ' '}{said(value)}"


def paced(asked: float, least: float, most: float, step: float = 0.01) -> tuple[float, tuple[str, ...]]:
    """A pace within a voice's reach, and what of it was lost."""
    reached = round(min(max(asked, least), most) / step) * step
    reached = round(reached, 2)
    lost = (f"pace:{asked:g}>{reached:g}",) if abs(reached - asked) > max(0.03, step) else ()
    return reached, lost


def asked_for(style: SpeechStyle) -> tuple[str, ...]:
    """What a style wants beyond plain speech, by the names under which it is applied or dropped."""
    wants = {
        f"emotion:{style.emotion}": style.emotion != NEUTRAL.emotion,
        "pace": style.pace != NEUTRAL.pace,
        "volume": style.volume != NEUTRAL.volume,
        f"say_as:{style.say_as}": style.say_as != NEUTRAL.say_as,
        "pause": style.pause_before_ms > 0,
    }
    return tuple(name for name, wanted in wants.items() if wanted)


def applied_without(style: SpeechStyle, dropped: tuple[str, ...]) -> tuple[str, ...]:
    """What was asked for and not dropped."""
    return tuple(name for name in asked_for(style) if name not in dropped)
