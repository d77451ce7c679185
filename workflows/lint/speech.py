"""Checks of lines as sound: can they be said, heard to the end, and understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.claims import claim_in
from workflows.language.model import Act, End, Line, Say
from workflows.lint.view import spoken, words_in

SPEECH = Checks()

MOST_WORDS = 40
"""about 12 s at the pace of a calm voice"""

MOST_WORDS_UNINTERRUPTED = 25

_UNSAYABLE = re.compile(
    r"https?://|www\.|\d{6,}|\b[\w-]+\.(?:com|org|net|io|example)\b|[<>\[\]{}|\\^~`*_#@=•]|\w/\w"
    r"|\b(?:e\.g\.|i\.e\.|etc\.|approx\.|w/)"
)
_UNSAYABLE_CATEGORIES = frozenset({"So", "Sk", "Cc", "Cf", "Co", "Cn"})
_DISCLOSURE = re.compile(
    r"\b(automated|virtual|digital) (support )?(assistant|agent|system)\b"
    r"|\bcall (is|may be|will be|is being) recorded\b",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"\b(i am|i['’]m|this is|you are|you['’]re) ((speaking|talking) (to|with) )?(a |an )?(real |live )?(person|human)\b"
    r"|\bspeaking,? (a )?(real|live) (person|human)\b|\b(real|live) (person|human) (speaking|here)\b"
    r"|\bnot? (a )?(machine|robot|bot)\b"
    r"|\b(call|line|this|we|conversation)\b[^.?!]*(\bnot|n['’]t|\bnever) (be |being )?recorded\b",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"\b(TODO|TBD|FIXME|XXX+)\b|\blorem ipsum\b")
_OF_A_COUNTRY = {
    "en-US": re.compile(
        r"\b(postcode|post code|fortnight|mobile number|hash key|surname|ring us|ring back)\b", re.IGNORECASE
    ),
    "en-GB": re.compile(
        r"\b(zip code|zip|pound key|cell phone|cell number|area code|last four of your social)\b", re.IGNORECASE
    ),
}
"""Words that a caller of the locale does not use for it."""


@SPEECH.add("line-too-long")
def too_long(subject: Subject) -> Iterator[Found]:
    """A line is longer than a caller listens: over 40 words, about 12 seconds.

    Fix: say less, or make it two lines with a question between them.
    """
    for said in spoken(subject):
        count = words_in(said.line)
        if count > MOST_WORDS:
            reason = f"a line of {said.where} has about {count} words, some {count * 3 // 10} s of speech"
            yield Found(said.line.at, reason, f"keep it to {MOST_WORDS} words")


@SPEECH.add("long-uninterruptible", Severity.warning)
def long_uninterruptible(subject: Subject) -> Iterator[Found]:
    """A long line cannot be stopped by the caller: who has heard enough is made to listen on.

    Fix: let only the part that has to be heard be `must_say` or `interruptible: false`.
    """
    for said in spoken(subject):
        held = said.line.must_say or not said.line.interruptible
        if held and MOST_WORDS_UNINTERRUPTED < words_in(said.line) <= MOST_WORDS:
            reason = f"a line of {said.where} cannot be interrupted for about {words_in(said.line)} words"
            yield Found(said.line.at, reason, f"split it: at most {MOST_WORDS_UNINTERRUPTED} words without a break")


@SPEECH.add("unpronounceable")
def unpronounceable(subject: Subject) -> Iterator[Found]:
    """A line holds what no voice can say: an address of the web, markup, a symbol, a long number in digits, an
    abbreviation.

    Fix: write it as it is spoken ("example dot com", "for example", "and or").
    """
    for said in spoken(subject):
        found = _unsayable("".join(part for part in said.line.parts if isinstance(part, str)))
        if found:
            yield Found(said.line.at, f"{found!r} in {said.where} cannot be spoken", "write the words that are said")


def _unsayable(text: str) -> str:
    match = _UNSAYABLE.search(text)
    if match:
        return match.group()
    return next((sign for sign in text if unicodedata.category(sign) in _UNSAYABLE_CATEGORIES), "")


@SPEECH.add("untrue-of-us")
def untrue_of_us(subject: Subject) -> Iterator[Found]:
    """A line says that a person is speaking, or that nothing is recorded: callers are told the truth about both, and
    the house does so in its own words.

    Fix: leave it out; who asks is answered, and the greeting stands in `lines.yaml`.
    """
    for said in spoken(subject):
        found = _UNTRUE.search(said.line.words)
        if found:
            yield Found(said.line.at, f"{found.group()!r} in {said.where} is not true", "leave it out")


@SPEECH.add("left-over")
def left_over(subject: Subject) -> Iterator[Found]:
    """A line still holds a note of its author (TODO, TBD): it would be spoken.

    Fix: write the words that are to be said.
    """
    for said in spoken(subject):
        found = _LEFT_OVER.search(said.line.words)
        if found:
            reason = f"{found.group()!r} in {said.where} would be spoken"
            yield Found(said.line.at, reason, "write the words that are to be said")


@SPEECH.add("unhearable-phrase", Severity.warning)
def unhearable(subject: Subject) -> Iterator[Found]:
    """A phrase callers are expected to say holds signs that nobody says: it will never be heard like that.

    Fix: write it as callers say it.
    """
    script = subject.script
    phrases = [
        (way, slot.at, f"option {o.id}") for slot in script.slots.values() for o in slot.options for way in o.says
    ]
    phrases += [(way, topic.answer.at, f"topic {topic.id}") for topic in script.topics.values() for way in topic.says]
    phrases += [(way, 1, "says") for way in script.says]
    for phrase, line, where in phrases:
        found = _unsayable(phrase)
        if found:
            yield Found(line, f"{found!r} in a phrase of {where} is never said", "write the words that callers say")


@SPEECH.add("missing-must-say")
def missing_must_say(subject: Subject) -> Iterator[Found]:
    """A line that a caller has to hear can be talked over: what was done, a receipt, a code, that a machine speaks,
    that the call is recorded. A caller who coughs would miss the booking code, and the record says that it was not
    heard.

    Fix: write the line as `text` with `must_say: true`.
    """
    for said in spoken(subject):
        why = ""
        if any(place.source == "receipt" for place in said.line.places):
            why = "reads out a receipt"
        elif claim_in(said.line.words):
            why = f"claims {claim_in(said.line.words)!r}"
        elif _DISCLOSURE.search(said.line.words):
            why = "discloses who speaks, or the recording"
        if why and not said.line.must_say:
            reason = f"a line of {said.where} {why}, and the caller can talk over it"
            yield Found(said.line.at, reason, "write it as text: with must_say: true")
    yield from _result_talked_over(subject)


def _result_talked_over(subject: Subject) -> Iterator[Found]:
    """What is said right after something was changed is its result, whatever the words."""
    script = subject.script
    for step in script.steps.values():
        if not isinstance(step, Act) or not step.writes or step.tentative:
            continue
        told = script.steps.get(step.then)
        lines = told.lines if isinstance(told, Say | End) else ()
        if lines and not any(line.must_say or _claiming(line) for line in lines):
            reason = f"step {step.then} tells what came of {step.action}, and the caller can talk over it"
            yield Found(lines[0].at, reason, "write it as text: with must_say: true")


def _claiming(line: Line) -> bool:
    """Complained of already."""
    return bool(claim_in(line.words)) or any(place.source == "receipt" for place in line.places)


@SPEECH.add("locale-mismatch")
def locale_mismatch(subject: Subject) -> Iterator[Found]:
    """A line uses words of another country than the script's locale, or a script hands the call to one of another
    locale: callers hear the wrong words, and their answers are understood by the wrong rules.

    Fix: use the locale's own word, or give both scripts the same `locale`.
    """
    script = subject.script
    foreign = _OF_A_COUNTRY.get(script.locale)
    for said in spoken(subject) if foreign else ():
        found = foreign.search(said.line.words) if foreign and not said.line.language else None
        if found:
            reason = f"{found.group()!r} in {said.where} is not said in {script.locale}"
            yield Found(said.line.at, reason, "use the word of the locale")
    for at, name in _handed_to(subject):
        other = subject.scripts.get(name)
        if other and script.locale and other.locale and other.locale != script.locale:
            reason = f"{name} is written in {other.locale}, this script in {script.locale}"
            yield Found(at, reason, "give both the same locale")


def _handed_to(subject: Subject) -> Iterator[tuple[int, str]]:
    for step in subject.script.steps.values():
        name = getattr(step, "script", "")
        if name:
            yield step.at, str(name)
        for intent in getattr(step, "intents", ()):
            if intent.script:
                yield step.at, intent.script
