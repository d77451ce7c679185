"""What a model wrote, checked against what the script allows: nothing else becomes a command.

The caller's words are the evidence. A value that the grammar does not find in them counts little, so that it is read
back before anything is done with it; one that leads to a person is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.thinking.model import Json
from agent.thinking.schema import MACHINES, PLAIN, REMARKS, plain_commands, taken
from agent.understanding.beside import when_in
from agent.understanding.values import context_for
from calls.commands import (
    AskQuestion,
    CallLater,
    Command,
    CorrectSlot,
    FillSlot,
    MachineHeard,
    Remark,
    StartWorkflow,
    SwitchLanguage,
    Unclear,
    Value,
)
from calls.errors import EngineError
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from calls.speech import Heard
from spoken import Kind, parse, validate

MOST_COMMANDS = 8
MOST_WORDS = 600
"""characters of a value"""

SAID, NOT_SAID = 0.9, 0.45
"""confidence in a value whose words the caller said, and in one whose words they did not"""

PERSONAL = frozenset(
    kind.value for kind in (Kind.person_name, Kind.spelled_name, Kind.phone, Kind.email, Kind.address, Kind.postcode,
                            Kind.date_of_birth, Kind.code, Kind.card)
)  # fmt: skip
"""kinds of values that lead to a person: never taken from anywhere but the caller's words"""

_LANGUAGE = re.compile(r"[A-Za-z]{2,20}(?:-[A-Za-z0-9]{2,8})?")
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a model wrote for commands, and what became of it."""

    commands: tuple[Command, ...]
    """that may be given, in order and each once"""
    refused: int = 0
    """how many may not: what was written for them is not so"""


def checked(raw: Json, guidance: Guidance, heard: Heard, facts: CallFacts) -> Checked:
    """The commands that may be given; what may not is left out, and counted."""
    items = raw if isinstance(raw, list) else []
    found: list[Command] = []
    for item in items[:MOST_COMMANDS]:
        command = _command(item, guidance, heard, facts) if isinstance(item, dict) else None
        if command is not None and type(command).__name__ in {*guidance.allowed, Unclear.__name__}:
            found.append(command)
    refused = len(items) - len(found)
    if len(found) > 1:
        found = [command for command in found if not isinstance(command, Unclear)]
    return Checked(tuple(dict.fromkeys(found)), refused)


def commands_of(raw: Json, guidance: Guidance, heard: Heard, facts: CallFacts) -> tuple[Command, ...]:
    """The commands that may be given; empty when there are none."""
    return checked(raw, guidance, heard, facts).commands


def _command(item: Mapping[str, Json], guidance: Guidance, heard: Heard, facts: CallFacts) -> Command | None:
    do = item.get("do")
    match do:
        case "tell":
            return _value(item, guidance, heard, facts)
        case "wrong":
            slot = _slot(item, guidance)
            return CorrectSlot(slot.slot, None, heard.text, 0.8) if slot is not None else None
        case "start":
            workflow = item.get("workflow")
            ids = {option.id for option in guidance.workflows}
            later = item.get("later") is True
            return StartWorkflow(workflow, SAID, later) if isinstance(workflow, str) and workflow in ids else None
        case "ask":
            topic = item.get("topic")
            known = isinstance(topic, str) and topic in {option.id for option in guidance.topics}
            return AskQuestion(str(topic), heard.text) if known else None
        case _:
            return _about_the_talk(item, guidance, heard, facts)


def _about_the_talk(item: Mapping[str, Json], guidance: Guidance, heard: Heard, facts: CallFacts) -> Command | None:
    do, kind = item.get("do"), item.get("kind")
    match do:
        case "call_later":
            when = item.get("when")
            return when_in(CallLater(), _text(when) or heard.text, facts) if isinstance(when, str) else None
        case "remark":
            return next((Remark(known, heard.text) for known in REMARKS if known == kind), None)
        case "machine":
            return next((MachineHeard(known) for known in MACHINES if known == kind), None)
        case "language":
            language = item.get("language")
            fits = isinstance(language, str) and _LANGUAGE.fullmatch(language)
            return SwitchLanguage(str(language)) if fits else None
        case str() if do in plain_commands(guidance):
            return PLAIN[do]
        case _:
            return None


def _slot(item: Mapping[str, Json], guidance: Guidance) -> SlotExpectation | None:
    return next((slot for slot in taken(guidance) if slot.slot == item.get("slot")), None)


def _text(value: Json) -> str:
    return " ".join(str(value).split())[:MOST_WORDS]


def _value(item: Mapping[str, Json], guidance: Guidance, heard: Heard, facts: CallFacts) -> Command | None:
    slot, value, words = _slot(item, guidance), item.get("value"), item.get("words")
    if slot is None or not isinstance(value, str) or not value.strip():
        return None
    said = _text(words) if isinstance(words, str) and words.strip() else _text(value)
    if slot.kind == Kind.free_text and not _is_said(said, heard.text):
        # Whatever is written down in the caller's name are their own words.
        said = heard.text
    read = _canonical(slot, _text(value), said, facts)
    if read is None:
        return None
    canonical, sure = read
    evident = _is_said(said, heard.text) or _is_heard(slot, canonical, heard.text, facts)
    if not evident and slot.kind in PERSONAL:
        return None  # read back, it would tell a caller what they did not know
    sure = round((sure if evident else min(sure, NOT_SAID)) * heard.confidence, 3)
    confirming = guidance.proposed is not None and slot.slot == guidance.primary
    if (slot.filled or confirming) and CorrectSlot.__name__ in guidance.allowed:
        return CorrectSlot(slot.slot, canonical, said, sure)
    return FillSlot(slot.slot, canonical, said, sure) if FillSlot.__name__ in guidance.allowed else None


def _canonical(slot: SlotExpectation, value: str, said: str, facts: CallFacts) -> tuple[Value, float] | None:
    """The value in its kind's form, and how sure it is: read off the caller's words where the grammar can."""
    if slot.options:
        return (value, SAID) if value in {option.id for option in slot.options} else None
    try:
        kind, context = Kind(slot.kind), context_for([slot], facts)
    except (ValueError, EngineError):
        return None
    if kind is Kind.free_text:
        return said, SAID
    if kind is Kind.yes_no:
        known = {"yes": True, "true": True, "no": False, "false": False}.get(value.lower())
        return (known, SAID) if known is not None else None
    for text, most in ((said, 1.0), (value, SAID)):
        found = parse(kind, text, context)
        if found is not None and found.complete and found.confidence >= 0.3:
            return found.value, min(found.confidence, most)
    return (value, NOT_SAID) if not validate(kind, value, context) else None


def _is_heard(slot: SlotExpectation, value: Value, heard: str, facts: CallFacts) -> bool:
    """The grammar finds the very value in what the caller said, however the model quotes it."""
    try:
        found = parse(Kind(slot.kind), heard, context_for([slot], facts))
    except (ValueError, EngineError):
        return False
    return found is not None and found.value == value


def _is_said(words: str, heard: str) -> bool:
    """Most of the words stand in what the caller said."""
    own, whole = _WORD.findall(words.lower()), set(_WORD.findall(heard.lower()))
    return bool(own) and 3 * sum(word in whole for word in own) >= 2 * len(own)
