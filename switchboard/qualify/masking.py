"""Stored calls without what is personal in them: a candidate's vendor is shown the talk, not the people.

What a caller gave for a value that leads to a person is replaced wherever it stands in the call by one of the same
kind that is nobody's. Behind that stand rules that do not know the call: numbers, codes that are spelled, addresses,
and every word that neither a dictionary nor the house's own scripts have, for an unknown word may be a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agent.guardrail.names import lexicon
from calls import events as ev
from calls.codec import JsonValue, from_json, to_json
from calls.events import CallEvent
from calls.guidance import Guidance
from calls.line import Line
from spoken import Context, Kind, parse
from spoken.days import MONTHS, WEEKDAYS
from spoken.everyday import EVERYDAY
from spoken.tokens import word_set
from switchboard.qualify.closed_words import closed_words
from workflows.language.scripts import ScriptSet

MASK = "[masked]"

STAND_INS: Mapping[str, tuple[str, str]] = {
    "person_name": ("Alex Morgan", "Alex Morgan"),
    "spelled_name": ("Alex Morgan", "Alex Morgan"),
    "phone": ("+12125550142", "two one two, five five five, zero one four two"),
    "email": ("alex.morgan@example.com", "alex dot morgan at example dot com"),
    "address": ("1 Example Street", "one Example Street"),
    "postcode": ("10001", "one zero zero zero one"),
    "date_of_birth": ("1980-01-01", "January first, nineteen eighty"),
    "card": ("0000", "zero zero zero zero"),
    "code": ("AB1200", "A B one two zero zero"),
    "free_text": (MASK, MASK),
}
"""kinds of ``spoken`` whose values lead to a person, or may hold anything -> a value of it, and the words for it"""

_TELLS = (
    ("person_name", re.compile(r"name|customer|caller|subject", re.IGNORECASE)),
    ("phone", re.compile(r"phone|mobile|number$", re.IGNORECASE)),
    ("email", re.compile(r"mail", re.IGNORECASE)),
    ("address", re.compile(r"address|street", re.IGNORECASE)),
    ("date_of_birth", re.compile(r"birth|born", re.IGNORECASE)),
    ("code", re.compile(r"code|order|ticket|reference|booking|claim", re.IGNORECASE)),
    ("free_text", re.compile(r"message|note|problem|details", re.IGNORECASE)),
)
"""by what an action's field is called, where no slot says of which kind it is"""

_KEPT = word_set(
    """
    answered_at id clause reply key digest line script step slot is action at_ms ending outcome
    """
)
_TEXTS = frozenset(("text", "heard_text", "said", "words", "tail"))
_ONE = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|ten|eleven|twelve|\w+teen"
_ONE += r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|\d+)"
_LETTER = rf"(?:[A-Za-z]|{_ONE})(?:\s+(?:as in|like|for)\s+\w+)?"
_RUNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\S+@\S+",
        r"\b\w+(?:\s+(?:dot|dash|underscore)\s+\w+)*\s+at\s+\w+(?:\s+dot\s+\w+)+\b",
        rf"\b(?:{_ONE}[\s-]+)+(?:\w+\s+){{1,3}}?(?:street|avenue|road|lane|drive|boulevard|court|square|terrace)\b",
        r"\b(?=\w*\d)(?=\w*[A-Za-z])(?!\d{1,2}(?:am|pm|st|nd|rd|th)\b)\w{3,}\b",
        r"\+?\d[\d \-().]{2,}\d",
        rf"\b{_ONE}(?:[\s,-]+{_ONE}){{2,}}\b",
        rf"(?<![\w']){_LETTER}(?:[\s,.-]+{_LETTER}){{2,}}(?![\w'])",
    )
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[:.]\d{2}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDING = re.compile(r"(?:'s|'d|'ll|'ve|'re|'m|n't|s')$")
_ALWAYS = word_set(
    """
    i ok okay mm hmm mhm uh um dr mr mrs ms pm am english o'clock
    """
)
_ALWAYS |= frozenset(WEEKDAYS) | frozenset(MONTHS)
_ANSWERING = word_set(
    """
    yes yeah yep yup no nope not sure ok okay right correct wrong my the a an is it it's its that that's and
    or for of i i'm i am name names first last surname family number phone telephone mobile code order email
    address please thank thanks you your under put down call called this one here have don't do can't what why
    sorry repeat again slower wait hold on moment minute human person someone somebody operator speak
    talk to with want need actually instead cancel stop forget um uh hmm
    """
)
"""all that is left of an answer to a question for something personal"""
_SAYS_A_NAME = re.compile(r"\b(?:names?(?:'s| is)?|this is|it's|it is|i am|i'm|call me|under|for)\b", re.IGNORECASE)
_ANY_DAY = Context(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
_BESIDE = re.compile(rf"(?<=[\ue000-\uf8ff] ){_WORD.pattern}|{_WORD.pattern}(?= [\ue000-\uf8ff])")
"""next to something that was taken out: the rest of a name is often an ordinary word"""
_HOLD = re.compile("[\ue000-\uf8ff]")


class Masking:
    """Of one call. Grammar: ``event`` for each of its events."""

    def __init__(self, events: Sequence[CallEvent], scripts: ScriptSet, line: Line) -> None:
        self._kinds = {slot: str(one.kind) for script in scripts.scripts.values() for slot, one in script.slots.items()}
        self._written = own_words(scripts, line)
        self._own = frozenset(word.casefold() for word in self._written)
        found: dict[str, str] = {}
        kept = self._own | _ANSWERING | closed_words()
        for event in events:
            for text, stand_in in self._personal(event.body):
                if len(text) > 1 and text.casefold() not in kept:
                    found.setdefault(text.casefold(), stand_in)
        longest = sorted(found, key=len, reverse=True)
        self._secrets = [
            (re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE), found[text]) for text in longest
        ]

    def event(self, event: CallEvent, guidance: Guidance | None = None) -> CallEvent:
        """The same with stand-ins; ids, steps and moments stay. ``guidance``: what held when the caller spoke."""
        strict = guidance is not None and asks_for_personal(guidance)
        return replace(event, body=self._body(event.body, strict=strict))

    def text(self, text: str, *, strict: bool = False) -> str:
        """Some words. ``strict``: they answer a question for something personal, and only answering words are left."""
        held: list[str] = []

        def hold(stand_in: str) -> str:
            held.append(stand_in)
            return chr(0xE000 + len(held) - 1)

        for pattern, stand_in in self._secrets:
            text = pattern.sub(lambda _, it=stand_in: hold(it), text)  # type: ignore[misc]
        for run in _RUNS:
            text = run.sub(lambda found: found[0] if _MOMENT.fullmatch(found[0].strip()) else hold(MASK), text)
        text = _WORD.sub(lambda found: found[0] if self._plain(found, strict=strict) else hold(MASK), text)
        text = _BESIDE.sub(lambda found: found[0] if self._everyday(found[0]) else hold(MASK), text)
        return _HOLD.sub(lambda found: held[ord(found[0]) - 0xE000], text)

    def _plain(self, found: re.Match[str], *, strict: bool) -> bool:
        """Whether a word says nothing of anybody."""
        small = found[0].replace("’", "'").casefold()
        if strict:
            return small in _ANSWERING
        base = _ENDING.sub("", small)
        begins = re.search(r"(?:^|[.!?:])\s*$", found.string[: found.start()])
        alone = begins and not re.match(r"\s+[A-Z]\w", found.string[found.end() :])
        named = found[0][0].isupper() and not alone
        forms = {small, base, small.replace("'", "")}
        if named:
            return found[0] in self._written or not forms.isdisjoint(_ALWAYS)
        return not forms.isdisjoint(_ALWAYS) or not forms.isdisjoint(self._own) or not forms.isdisjoint(lexicon())

    def _everyday(self, word: str) -> bool:
        """Whether a word is no part of a name even beside one."""
        small = word.replace("’", "'").casefold()
        forms = {small, _ENDING.sub("", small), small.replace("'", "")}
        return not forms.isdisjoint(self._own | _ALWAYS | _ANSWERING | EVERYDAY)

    # --- what is personal in a call ---------------------------------------------------------------------

    def _personal(self, body: ev.EventBody) -> Iterator[tuple[str, str]]:
        if isinstance(body, ev.CallAnswered) and body.caller:
            yield body.caller, STAND_INS["phone"][0]
        if isinstance(body, ev.CallerSpoke) and _SAYS_A_NAME.search(body.text):
            # Taken by no slot perhaps: a name that is an ordinary word would pass for one.
            parsed = parse(Kind.person_name, body.text, _ANY_DAY)
            if parsed is not None and parsed.value is not None:
                yield from _parts(str(parsed.value), "person_name")
        yield from self._told(to_json(body), "")

    def _told(self, value: JsonValue, name: str) -> Iterator[tuple[str, str]]:
        match value:
            case {"slot": str(slot), **fields} if (kind := self._kind(slot)) in STAND_INS:
                for key in ("value", "text", "previous"):
                    if isinstance(text := fields.get(key), str):
                        yield from _parts(text, kind, spoken=key == "text")
            case {"fact": str(named), "value": str(text)} | {"field": str(named), "value": str(text)} if (
                kind := self._kinds.get(named) or _kind_by(named)
            ) in STAND_INS:
                yield from _parts(text, kind)
            case dict():
                for key, one in value.items():
                    if key not in _KEPT:
                        yield from self._told(one, key)
            case list():
                for one in value:
                    yield from self._told(one, name)
            case str() if name not in _TEXTS and (kind := self._kinds.get(name) or _kind_by(name)) in STAND_INS:
                yield from _parts(value, kind)

    def _kind(self, slot: str) -> str:
        """A slot that no script of today has may hold anything."""
        return self._kinds.get(slot, "free_text")

    # --- what becomes of an event -------------------------------------------------------------------------

    def _body(self, body: ev.EventBody, *, strict: bool) -> ev.EventBody:
        if isinstance(body, ev.CallerSpoke):
            return replace(body, text=self.text(body.text, strict=strict), tone=None)
        changed: Any = from_json(type(body), self._tree(to_json(body), ""))
        return changed  # type: ignore[no-any-return]

    def _tree(self, value: JsonValue, name: str) -> JsonValue:
        if isinstance(value, dict):
            kept = {key: one if key in _KEPT else self._tree(one, key) for key, one in value.items()}
            slot = value.get("slot")
            return kept | _instead(self._kind(slot), value) if isinstance(slot, str) else kept
        if isinstance(value, list):
            return [self._tree(one, name) for one in value]
        if isinstance(value, str):
            return self.text(value) if name in _TEXTS else self._value(value)
        return value

    def _value(self, value: str) -> str:
        """A value of a fact or an argument: whole, or as it is."""
        for pattern, stand_in in self._secrets:
            value = pattern.sub(stand_in, value)
        return MASK if len(re.sub(r"\D", "", value)) >= 7 and not _dated(value) and value not in _NOBODYS else value


def _instead(kind: str, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What is written in place of a value of a slot; nothing for a kind that leads to nobody."""
    if kind not in STAND_INS:
        return {}
    own, words = STAND_INS[kind]
    put: dict[str, JsonValue] = {"value": own, "text": words, "previous": own, "alternatives": []}
    return {key: one for key, one in put.items() if given.get(key) is not None}


_NOBODYS = frozenset(own for own, _ in STAND_INS.values())


def _dated(text: str) -> bool:
    return re.match(r"\d{4}-\d{2}-\d{2}(?:$|[T /])", text) is not None


def _kind_by(name: str) -> str:
    return next((kind for kind, pattern in _TELLS if pattern.search(name)), "")


def _parts(text: str, kind: str, *, spoken: bool = False) -> Iterator[tuple[str, str]]:
    """A value, and of a name its words, with what stands for each."""
    own, words = STAND_INS[kind]
    text = text.strip()
    if kind.endswith("name"):
        first, last = own.split()
        for place, word in enumerate(text.split()):
            yield word.strip(".,"), first if place == 0 else last
    yield text, words if spoken else own


def asks_for_personal(guidance: Guidance) -> bool:
    """Whether the caller was just asked for something that leads to a person, or is asked whether it is right."""
    asked = guidance.slot(guidance.primary)
    return asked is not None and asked.kind in STAND_INS


def own_words(scripts: ScriptSet, line: Line) -> frozenset[str]:
    """Every word of the house's own scripts and of the line, as it is written there: no secrets of a caller's."""
    told = [repr(scripts.scripts), line.business, line.agent_name, line.greeting, repr(line.vocabulary)]
    return frozenset(word.replace("’", "'") for text in told for word in _WORD.findall(text))
