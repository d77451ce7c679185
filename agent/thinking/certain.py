"""The fast path: whether what the grammar found is all there is to a turn, so that no model need be asked."""

from __future__ import annotations

import re

from agent.ports import Meaning
from agent.understanding.wording import is_question, plain
from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    Command,
    CorrectSlot,
    Deny,
    FillPart,
    FillSlot,
    Goodbye,
    Repeat,
    SlowDown,
    SpeakUp,
    StartWorkflow,
    Wait,
)
from calls.guidance import Guidance
from calls.speech import Heard, HeardBy
from spoken import Kind

SURE = 0.8
"""confidence in a value or an answer, the recognizer's included"""

BESIDE = 4
"""words which may stand beside a value: "Thursday would be good for me" """

SHORT = 6
"""words of a turn that is nothing but a wish about the talk"""

_ABOUT_THE_TALK = (AskHuman, Goodbye, Repeat, SlowDown, SpeakUp, Wait)
_LENIENT = (Kind.free_text, Kind.address)
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and at be can do fine for good great i id ill im in is it its just lets like make maybe me my no of ok "
        "okay on please right so sure thank thanks that thats the then to um uh well will with works would yes "
        "yeah you",
    )
)
"""Words beside a value that tell nothing."""


def is_certain(found: Meaning, heard: Heard, guidance: Guidance) -> bool:
    """Whether the commands can be taken as they are: the expected answer, and little else in the words."""
    if heard.by is HeardBy.KEYS:
        return True
    words = plain(heard.text).split()
    if found.path != "grammar" or not words:
        return False
    leaves = any(isinstance(command, Goodbye) for command in found.commands)
    if all(isinstance(c, _ABOUT_THE_TALK) or (leaves and isinstance(c, Deny)) for c in found.commands):
        return len(words) <= SHORT
    if guidance.brief is not None:
        return _is_named(found.commands, guidance, words) and isinstance(found.commands[0], StartWorkflow)
    if is_question(" ".join(words), heard.text):
        return _is_named(found.commands, guidance, words)
    if _is_named(found.commands, guidance, words):
        return True
    return _is_answer(found.commands, guidance, words, heard.confidence)


def _is_answer(commands: tuple[Command, ...], guidance: Guidance, words: list[str], sure: float) -> bool:
    rest = set(words) - _SMALL
    expected = False
    for command in commands:
        match command:
            case FillSlot() | CorrectSlot() if command.value is not None:
                slot = guidance.slot(command.slot)
                if slot is None or command.confidence < SURE or slot.kind in _LENIENT:
                    return False
                rest -= set(plain(command.text).split())
                expected = expected or command.slot == guidance.primary or guidance.primary == ""
            case FillPart():
                rest -= set(plain(command.text).split())
                expected = expected or command.slot == guidance.primary
            case Affirm() | Deny():
                if command.confidence * sure < SURE:
                    return False
                expected = True
            case _:
                return False
    return expected and len(rest) <= BESIDE


def _is_named(commands: tuple[Command, ...], guidance: Guidance, words: list[str]) -> bool:
    """One thing is asked for in the very words the script gives for it."""
    if len(commands) != 1:
        return False
    command = commands[0]
    if isinstance(command, StartWorkflow):
        options, wanted = guidance.workflows, command.workflow
    elif isinstance(command, AskQuestion):
        options, wanted = guidance.topics, command.topic
    else:
        return False
    ways = [plain(way) for option in options if option.id == wanted for way in option.says]
    own = " ".join(word for word in words if word not in _SMALL)
    return bool(own) and any(own == " ".join(w for w in way.split() if w not in _SMALL) for way in ways)
