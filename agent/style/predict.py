"""Speculative prosody: a style guessed from the words themselves, for a reply whose author gave none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from agent.style.directive import EMOTIONS, PACES, PAUSE_MS
from agent.style.policy import Policy, shipped
from calls.line import Persona
from calls.speech import NEUTRAL, SpeechStyle

_CODE = re.compile(
    r"\b(?i:code|reference|confirmation|booking|ticket|order)\b[^.?!]*?\b(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{2,}\b"
)
_DIGITS = re.compile(r"\b(?:number|call|dial|extension)\b[^.?!]*?\d[\d ().-]{3,}\d", re.IGNORECASE)
_MONEY = re.compile(r"[$£€]\s?\d")
_DANGER = re.compile(r"\b(?:call|dial)\s+(?:911|999|112|nine one one|nine nine nine)\b", re.IGNORECASE)
_APOLOGY = re.compile(r"\b(?:sorry|apologi[sz]e|apologies|my mistake|our (?:mistake|fault))\b", re.IGNORECASE)
_SYMPATHY = re.compile(
    r"\bsorry (?:to hear|for your)\b|\bthat must\b|\bi (?:completely |can )?understand how\b"
    r"|\bhow (?:frustrating|upsetting)\b",
    re.IGNORECASE,
)
_BAD_NEWS = re.compile(
    r"\bunfortunately\b|\bi'?m afraid\b|\bno longer\b"
    r"|\b(?:isn't|aren't|not|nothing|no times?) (?:is |are )?(?:available|possible|open)\b"
    r"|\b(?:can't|cannot|couldn't|unable to) \w+|\b(?:declined|overdue|cancelled by)\b",
    re.IGNORECASE,
)
_GOOD_NEWS = re.compile(
    r"\byou(?:'re| are) (?:all set|booked|confirmed)\b|\bgood news\b|\bcongratulations\b|\bgreat news\b"
    r"|\b(?:is|been) (?:booked|confirmed|approved)\b",
    re.IGNORECASE,
)

_VALUES: tuple[tuple[str, re.Pattern[str], SpeechStyle], ...] = (
    ("code", _CODE, replace(NEUTRAL, say_as="code", pace=0.9, pause_before_ms=PAUSE_MS)),
    ("number", _DIGITS, replace(NEUTRAL, say_as="digits", pace=0.9, pause_before_ms=PAUSE_MS)),
    ("price", _MONEY, replace(NEUTRAL, say_as="money", pause_before_ms=200)),
)
_MOODS: tuple[tuple[str, re.Pattern[str], SpeechStyle], ...] = (
    ("danger", _DANGER, replace(NEUTRAL, emotion="serious", pace=0.95)),
    ("sympathy", _SYMPATHY, replace(NEUTRAL, emotion="empathetic", pace=0.95)),
    ("apology", _APOLOGY, replace(NEUTRAL, emotion="apologetic", pace=0.95)),
    ("bad news", _BAD_NEWS, replace(NEUTRAL, emotion="empathetic", pace=0.95)),
    ("good news", _GOOD_NEWS, replace(NEUTRAL, emotion="warm")),
)


def predict(text: str) -> SpeechStyle:
    """How these words are likely meant; ``NEUTRAL`` when they tell nothing. The first that fits of each kind counts."""
    style, why = NEUTRAL, list[str]()
    if not _DANGER.search(text):
        # An emergency number is said as people say it, not spelled out.
        for name, pattern, form in _VALUES:
            if pattern.search(text):
                style, why = form, [name]
                break
    for name, pattern, mood in _MOODS:
        if pattern.search(text):
            style = replace(style, emotion=mood.emotion, pace=min(style.pace, mood.pace))
            why.append(name)
            break
    return replace(style, why=f"predicted: {', '.join(why)}") if why else NEUTRAL


def manner_of(persona: Persona) -> SpeechStyle:
    """The style behind a persona's manner: the first emotion and pace of the language it names."""
    words = re.findall(r"[a-z]+", persona.manner.lower())
    emotion = next((EMOTIONS[word] for word in words if word in EMOTIONS), NEUTRAL.emotion)
    pace = next((PACES[word] for word in words if word in PACES), NEUTRAL.pace)
    style = replace(NEUTRAL, emotion=emotion, intensity=0.0 if emotion != "neutral" else 0.5, pace=pace)
    return replace(style, why="persona") if style != replace(NEUTRAL, intensity=style.intensity) else NEUTRAL


def choose(
    text: str,
    given: SpeechStyle = NEUTRAL,
    moment: Iterable[str] = (),
    persona: Persona | None = None,
    policy: Policy | None = None,
) -> tuple[SpeechStyle, tuple[str, ...]]:
    """How a composed clause is said: as its author asks, else as its words suggest, else as the persona talks.

    A value in the text keeps its form and its pause under an author's emotion. Policy has the last word; the names
    of the rules that changed something are returned, and stand in ``why``. ``moment``: marks (``policy.moment_of``).
    """
    guessed = predict(text)
    if same_sound(given, NEUTRAL):
        style = guessed if guessed != NEUTRAL else manner_of(persona) if persona else NEUTRAL
    elif given.say_as == "text" and guessed.say_as != "text":
        pause = given.pause_before_ms or guessed.pause_before_ms
        style = replace(given, say_as=guessed.say_as, pause_before_ms=pause, pace=min(given.pace, guessed.pace))
    else:
        style = given
    ruled, rules = (policy or shipped()).apply(style, moment)
    return (replace(ruled, why="; ".join(filter(None, [style.why, *rules]))) if rules else ruled), rules


def same_sound(one: SpeechStyle, other: SpeechStyle) -> bool:
    """Whether two styles are the same but for who wanted them."""
    return replace(one, why="") == replace(other, why="")
