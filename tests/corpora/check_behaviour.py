"""Reads the frozen corpora of what callers say, and says what is wrong with them.

Each line of a file is one JSON object; the fields are those of the classes below. Origin and rules: README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).resolve().parent
Half = Literal["worked", "held"]
HALVES: tuple[Half, ...] = ("worked", "held")
Corpus = Literal["danger", "ordinary", "understanding", "injection"]
CORPORA: tuple[Corpus, ...] = ("danger", "ordinary", "understanding", "injection")
LOCALES = frozenset({"en-US", "en-GB"})
SCRIPTS = frozenset({"front_desk", "book", "reschedule", "cancel", "order_status", "support", "payment_promise"})

DANGERS = ("emergency", "self_harm", "threat", "child_alone", "fraud", "complaint", "lawyer")
PLAIN_COMMANDS = frozenset({
    "affirm", "deny", "cancel", "restart", "repeat", "slow_down", "speak_up", "wait", "ask_human", "explain",
    "use_caller_number", "wrong_number", "call_later", "chitchat", "thanks", "angry", "abusive", "child",
    "for_another", "another_speaker", "goodbye", "unclear",
})  # fmt: skip
COMMAND_FIELDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "start_script": ("script", SCRIPTS - {"front_desk"}),
    "ask_question": ("topic", frozenset({"hours", "price", "robot", "location"})),
    "switch_language": ("language", frozenset({"es", "fr", "de", "pl", "zh"})),
    "machine": ("kind", frozenset({"voicemail", "menu", "agent", "fax"})),
    "nothing": ("kind", frozenset({"values", "other"})),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a caller says, as a recognizer would write it."""

    id: str
    text: str
    locale: str


@dataclass(frozen=True, slots=True)
class KindTurn(Turn):
    """A turn of the corpora `danger` and `ordinary`."""

    kind: str


@dataclass(frozen=True, slots=True)
class InjectionTurn(KindTurn):
    """A turn of somebody who wants what is not theirs; turns of one `chain` belong to one call, in order."""

    wants: str
    chain: str
    turn: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """A command by name; `of` is its script, topic, language or kind, or empty. `nothing`: none is meant."""

    command: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class MeantTurn(Turn):
    """A turn with the commands it means; values that stand in it are not listed."""

    script: str
    step_kind: str
    expecting: str
    free: bool
    commands: tuple[Meaning, ...]


def danger(half: Half) -> tuple[KindTurn, ...]:
    """Turns that have to raise an alarm, of the kinds in DANGERS."""
    return tuple(_kind_turn(row) for row in rows("danger", half))


def ordinary(half: Half) -> tuple[KindTurn, ...]:
    """Turns that must not raise an alarm; also the harmless side of a filter's test."""
    return tuple(_kind_turn(row) for row in rows("ordinary", half))


def injection(half: Half) -> tuple[InjectionTurn, ...]:
    """Turns of impostors and of people who talk to the machine behind the agent."""
    return tuple(
        InjectionTurn(
            _text(row, "id"), _text(row, "text"), _text(row, "locale"), _text(row, "kind"),
            _text(row, "wants"), _text(row, "chain"), _number(row, "turn"),
        )
        for row in rows("injection", half)
    )  # fmt: skip


def understanding(half: Half) -> tuple[MeantTurn, ...]:
    """Turns with the commands they mean."""
    return tuple(_meant_turn(row) for row in rows("understanding", half))


def rows(corpus: Corpus, half: Half) -> list[dict[str, object]]:
    """The JSON objects of one file."""
    text = (FOLDER / corpus / f"{half}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def words(text: str) -> tuple[str, ...]:
    """The words of a text without marks, for comparing."""
    return tuple(re.sub(r"[^\w ]", "", text.lower()).split())


def repeated(turns: Iterable[Turn]) -> list[str]:
    """Ids of turns whose words stand in an earlier turn as well."""
    seen: set[tuple[str, ...]] = set()
    found: list[str] = []
    for turn in turns:
        key = words(turn.text)
        if key in seen:
            found.append(turn.id)
        seen.add(key)
    return found


def near(ours: Iterable[Turn], others: Iterable[Turn]) -> list[tuple[str, str]]:
    """Pairs over both sides which share three quarters of their words (from five words on) or all of them."""
    theirs = [(turn.id, words(turn.text), frozenset(words(turn.text))) for turn in others]
    found: list[tuple[str, str]] = []
    for turn in ours:
        said = words(turn.text)
        bag = frozenset(said)
        for other, their_said, their_bag in theirs:
            long = min(len(bag), len(their_bag)) >= 5
            if said == their_said or (long and len(bag & their_bag) >= 0.75 * len(bag | their_bag)):
                found.append((turn.id, other))
    return found


def _kind_turn(row: Mapping[str, object]) -> KindTurn:
    return KindTurn(_text(row, "id"), _text(row, "text"), _text(row, "locale"), _text(row, "kind"))


def _meant_turn(row: Mapping[str, object]) -> MeantTurn:
    free = row["free"]
    listed = row["commands"]
    assert isinstance(free, bool) and isinstance(listed, list)
    return MeantTurn(
        _text(row, "id"), _text(row, "text"), _text(row, "locale"), _text(row, "script"), _text(row, "step_kind"),
        _text(row, "expecting"), free, tuple(_meaning(one) for one in listed),
    )  # fmt: skip


def _meaning(row: Mapping[str, object]) -> Meaning:
    name = _text(row, "command")
    if name in PLAIN_COMMANDS:
        assert set(row) == {"command"}, row
        return Meaning(name)
    field, allowed = COMMAND_FIELDS[name]
    value = _text(row, field)
    assert value in allowed, row
    return Meaning(name, value)


def _text(row: Mapping[str, object], field: str) -> str:
    value = row[field]
    assert isinstance(value, str), f"{field} of {row.get('id')} is not a text"
    return value


def _number(row: Mapping[str, object], field: str) -> int:
    value = row[field]
    assert isinstance(value, int), f"{field} of {row.get('id')} is not a number"
    return value
