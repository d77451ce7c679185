"""Style inside a model's own words: ``<<warm,1,slow>> I'm so sorry to hear that.``

Grammar of a directive: ``<<``, items set apart by commas, ``>>``; at most 48 characters, no line end. An item is an
emotion, how strong it is (0, 1, 2), a pace, a volume, a form for values, or a pause (``pause``, ``pause:400``). It
holds for the words up to the next directive. The tokens of a stream may split it anywhere: the parser goes by
characters, so the same text gives the same result however it comes.

Nothing between ``<<`` and ``>>`` is ever speech. What is not in the language is refused and reported; a directive
that is never closed loses its opening and the items one can tell. Angle brackets alone are not spoken either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

from calls.speech import NEUTRAL, Emotion, SayAs, SpeechStyle

MOST_CHARACTERS = 48
PACES = {"slow": 0.85, "normal": 1.0, "fast": 1.12}
VOLUMES = {"soft": 0.7, "loud": 1.4}
INTENSITIES = {"0": 0.0, "1": 0.5, "2": 1.0}
PAUSE_MS = 300
MOST_PAUSE_MS = 2_000

EMOTIONS: dict[str, Emotion] = {name: name for name in get_args(Emotion)}
FORMS: dict[str, SayAs] = {name: name for name in get_args(SayAs)}

_PAUSE = re.compile(r"pause(?:[:=](\d{1,5}))?")
_BODY = re.compile(r"[A-Za-z0-9 ,.:=_-]")

LANGUAGE = (
    "Begin a sentence with <<emotion,strength,pace>> to say how it is spoken; leave it out for plain speech. "
    f"Emotions: {', '.join(EMOTIONS)}. Strength: 0, 1, 2. Pace: slow, normal, fast. Also: soft, loud, pause, "
    f"and for values {', '.join(name for name in FORMS if name != 'text')}. Nothing else may stand between << and >>."
)
"""For a model's instructions."""


@dataclass(frozen=True, slots=True)
class Styled:
    """Words to be spoken, and how. Adjacent ones of one style belong together."""

    text: str
    style: SpeechStyle


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that is not in the language, or ``<<`` without an end; for the record, never for a voice."""

    item: str
    """at most 24 characters"""


def read_items(body: str) -> tuple[SpeechStyle, tuple[str, ...]]:
    """The style a directive's items ask for, and the items that are refused."""
    style, refused = NEUTRAL, list[str]()
    for item in (part.strip().lower() for part in body.split(",")):
        changed = _with_item(style, item)
        if changed is not None:
            style = changed
        elif item:
            refused.append(item[:24])
    if style != NEUTRAL:
        style = replace(style, why="model")
    return style, tuple(refused)


def _with_item(style: SpeechStyle, item: str) -> SpeechStyle | None:
    if item in EMOTIONS:
        return replace(style, emotion=EMOTIONS[item])
    if item in INTENSITIES:
        return replace(style, intensity=INTENSITIES[item])
    if item in PACES:
        return replace(style, pace=PACES[item])
    if item in VOLUMES:
        return replace(style, volume=VOLUMES[item])
    if item in FORMS:
        return replace(style, say_as=FORMS[item])
    found = _PAUSE.fullmatch(item)
    if found and int(found[1] or PAUSE_MS) <= MOST_PAUSE_MS:
        return replace(style, pause_before_ms=int(found[1] or PAUSE_MS))
    return None


class StyleStream:
    """Takes a model's text as it comes. Grammar: feed*, finish."""

    def __init__(self) -> None:
        self._state = "text"
        """``text``; ``open``: one ``<`` was seen; ``body``; ``close``: one ``>`` was seen in it"""
        self._body = ""
        self._style = NEUTRAL
        self._spaced = True
        """what is spoken last ends with a blank, or nothing is spoken yet"""
        self._out: list[Styled | Refused] = []

    def feed(self, text: str) -> list[Styled | Refused]:
        """What can be said of the text so far; the rest waits for more."""
        for character in text:
            self._take(character)
        return self._given()

    def finish(self) -> list[Styled | Refused]:
        """No more text is coming."""
        if self._state == "body":
            self._break_off()
        elif self._state == "close":
            self._close()
        self._state = "text"
        return self._given()

    def _given(self) -> list[Styled | Refused]:
        given, self._out = self._out, []
        return given

    def _take(self, character: str) -> None:
        match self._state:
            case "open":
                self._state = "body" if character == "<" else "text"
                if character != "<":
                    self._take(character)
            case "close":
                self._close()
                if character != ">":
                    self._take(character)
            case "body" if character == ">":
                self._state = "close"
            case "body" if character == "<" and not self._body.strip():
                pass
            case "body" if len(self._body) < MOST_CHARACTERS and _BODY.match(character):
                self._body += character
            case "body":
                self._break_off()
                self._take(character)
            case _:
                self._say(character)

    def _say(self, character: str) -> None:
        if character == "<":
            self._state = "open"
            return
        if character == ">" or (character.isspace() and self._spaced):
            return
        self._spaced = character.isspace()
        last = self._out[-1] if self._out else None
        if isinstance(last, Styled) and last.style == self._style:
            self._out[-1] = Styled(last.text + character, self._style)
        else:
            self._out.append(Styled(character, self._style))

    def _close(self) -> None:
        self._style, refused = read_items(self._body)
        self._out += [Refused(item) for item in refused]
        self._state, self._body = "text", ""

    def _break_off(self) -> None:
        """The directive has no end: its items are dropped as far as they can be told from speech."""
        body, self._state, self._body = self._body, "text", ""
        self._style = NEUTRAL
        self._out.append(Refused("no end"))
        items = body.split(",")
        known = 0
        while known < len(items) and _with_item(NEUTRAL, items[known].strip().lower()) is not None:
            known += 1
        rest = ",".join(items[known:])
        if rest:
            first, _, words = rest.lstrip().partition(" ")
            # The word right after the opening is an item, known or not; so is one that follows a known item unspaced.
            item = known == 0 or _with_item(NEUTRAL, first.strip(".").lower()) is not None
            rest = words if item else rest
        for character in rest:
            self._say(character)
