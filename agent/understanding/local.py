"""The understander that runs on this machine: no model call for what a grammar can read.

Order: a person is asked for -> a wish which is the whole turn -> yes or no -> values -> questions and scripts ->
wishes beside something else -> the trained head, for what is left and where single words mislead -> Unclear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.ports import Meaning, Similarity
from agent.understanding.answers import Answer, Answered, is_confirming, read_answer
from agent.understanding.beside import beside, urgent
from agent.understanding.corrections import corrected, instead
from agent.understanding.intents import IntentFound, Intents, load_intents
from agent.understanding.keypad import read_keys
from agent.understanding.likeness import LikenessReader
from agent.understanding.parts import added, completed, left_to_us, part_in, picked
from agent.understanding.refusing import mixed
from agent.understanding.requests import requests
from agent.understanding.telling import OUTBURST, about_the_talk, is_told, renamed, retold, turns_away
from agent.understanding.topics import asked_about, question_beside
from agent.understanding.values import Reading, kind_of, named_for_change, read_values
from agent.understanding.wording import best_option, is_question, mended, plain
from calls.commands import (
    Affirm,
    AskQuestion,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    Explain,
    FillSlot,
    NeedTime,
    Remark,
    Repeat,
    SlowDown,
    SpeakUp,
    StartWorkflow,
    Unclear,
)
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from calls.speech import Heard, HeardBy
from spoken import Kind

if TYPE_CHECKING:
    from agent.understanding.head import Head


class LocalUnderstander:
    """Implements ``Understander``. Without ``similarity`` it is grammar and patterns alone."""

    def __init__(
        self, similarity: Similarity | None = None, intents: Intents | None = None, head: Head | None = None
    ) -> None:
        self._intents = intents or load_intents()
        self._likeness = LikenessReader(similarity, head) if similarity else None

    async def prepare(self) -> None:
        """Warm up what weighs meaning, so that no caller waits for it. Raises EngineError."""
        if self._likeness is not None:
            await self._likeness.prepare()

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        """At least one command, each allowed by ``guidance`` (``Unclear`` always is). Raises EngineError."""
        if heard.by is HeardBy.KEYS:
            keyed = read_keys(heard.text, guidance, facts, heard.words, words_first=heard.words_first)
            if not heard.words or not isinstance(keyed[0], Unclear):
                return Meaning(keyed, "keys")
            heard = replace(heard, text=heard.words, by=HeardBy.SPEECH)
        heard = replace(heard, text=mended(heard.text))
        found = _unmistakable(read_words(heard, guidance, facts, self._intents), heard.text)
        commands = _unmistakable(await self._weighed(found, heard.text, guidance), heard.text)
        if commands:
            return Meaning(commands, "grammar" if commands == found else "similarity")
        if self._likeness is not None:
            like = await self._likeness.read(heard.text, guidance)
            if like is not None and _unmistakable((like,), heard.text):
                return Meaning((like,), "similarity")
        if AskQuestion.__name__ in guidance.allowed and is_question(plain(heard.text), heard.text):
            return Meaning((AskQuestion("", heard.text),), "grammar")
        return Meaning((Unclear(_why_unclear(heard.text)),), "grammar")

    async def _weighed(self, commands: tuple[Command, ...], text: str, guidance: Guidance) -> tuple[Command, ...]:
        """What grammar found, with the script that values alone ask for, and without what single words only seem to."""
        if self._likeness is None or not commands:
            return commands
        if _names_no_script(commands, guidance):
            wanted = await self._likeness.request(text, guidance)
            return (wanted, *commands) if wanted else commands
        if is_told(guidance) and len(text.split()) <= OUTBURST and all(isinstance(c, FillSlot) for c in commands):
            burst = await self._likeness.read(text, guidance)
            return (burst,) if isinstance(burst, Remark) and burst.kind in ("angry", "abusive") else commands
        return await self._likeness.doubt(commands, text, guidance)


def _unmistakable(commands: tuple[Command, ...], text: str) -> tuple[Command, ...]:
    """Without a yes that something in the words speaks against, whoever found it."""
    if not any(isinstance(command, Affirm) for command in commands) or not mixed(text):
        return commands
    return tuple(command for command in commands if not isinstance(command, Affirm))


def _names_no_script(commands: tuple[Command, ...], guidance: Guidance) -> bool:
    """Only values where it is asked what the caller wants."""
    asked_what = not guidance.primary and guidance.proposed is None and not is_confirming(guidance)
    return asked_what and bool(guidance.workflows) and all(isinstance(command, FillSlot) for command in commands)


def _why_unclear(text: str) -> str:
    return "nothing that is expected here" if plain(text) else "no words"


def read_words(heard: Heard, guidance: Guidance, facts: CallFacts, intents: Intents) -> tuple[Command, ...]:
    """The commands that grammar and patterns find; empty when they find none."""
    text, words = heard.text, plain(heard.text)
    if not words:
        return ()
    wishes = intents.find(text, guidance.allowed)
    answered = read_answer(text, guidance, facts)
    scripts = requests(_without_misunderstanding(words, wishes), guidance, answered)
    if is_told(guidance):
        wishes, scripts = about_the_talk(wishes, words), turns_away(scripts, words)
    at_once = urgent(wishes, answered, scripts, guidance, text, facts)
    if at_once:
        return at_once
    piece = _piece(text, guidance, facts)
    if piece is not None:
        return (piece,)
    told, question = (text, None) if is_told(guidance) else question_beside(text, guidance)
    readings = [] if _is_bare_answer(answered, guidance) else read_values(told, guidance, facts)
    if question is None or not readings:
        question = _question(words, text, guidance, readings)
        if question is not None and words.split()[0] not in ("yes", "no", "yeah"):
            return (question,)
    if _is_chosen(readings, guidance):
        scripts = tuple(wanted for wanted in scripts if wanted.later)
    script = scripts[0] if scripts else None
    readings = [r for r in readings if not _says_a_wish(r, wishes)]
    readings = [r for r in readings if not _names_another(r, guidance) and not _is_guessed(r, words, text)]
    readings = _without_swallowed(readings, bool(wishes), script, words, text)
    commands = _commands(heard, guidance, answered, readings)
    if script is not None and _means_a_value(commands, guidance, words):
        scripts = tuple(wanted for wanted in scripts if wanted.later)
    if scripts:
        commands = (*scripts, *(c for c in commands if not isinstance(c, Affirm | Deny)))
    if question is not None:
        commands = (*commands, question)
    if not any(isinstance(command, FillSlot | CorrectSlot) and command.value is not None for command in commands):
        right = renamed(text, guidance, facts)
        commands = (right,) if right is not None else commands
    return tuple(dict.fromkeys((*commands, *beside(wishes, commands, text, facts))))


def _without_misunderstanding(words: str, wishes: Sequence[IntentFound]) -> str:
    """ "I don't get the question" has no question."""
    for wish in wishes:
        if isinstance(wish.command, Explain) and wish.words:
            words = " ".join(words.replace(wish.words, " ").split())
    return words


def _piece(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """A value that comes in pieces, is put right in a piece, or is picked out of what was offered."""
    chosen = picked(text, guidance) or left_to_us(text, guidance)
    if chosen is not None:
        return chosen
    readers = (retold, corrected, instead, completed, part_in, added)
    return next((found for reader in readers if (found := reader(text, guidance, facts)) is not None), None)


def _is_bare_answer(answered: Answered | None, guidance: Guidance) -> bool:
    """A plain "yes" is never a name, whatever is asked for."""
    return answered is not None and answered.alone and answered.answer is not Answer.YES_BUT


def _question(words: str, text: str, guidance: Guidance, readings: list[Reading]) -> AskQuestion | None:
    """A question about a topic the script can answer."""
    if AskQuestion.__name__ not in guidance.allowed or not guidance.topics:
        return None
    found = best_option(guidance.topics, words)
    if found is None:
        usual = asked_about(guidance.topics, words) if is_question(words, text) else None
        return AskQuestion(usual.id, text) if usual is not None else None
    option, carried = found
    if is_question(words, text) or (not readings and (carried >= 2 or len(words.split()) <= 4)):
        return AskQuestion(option.id, text)
    return None


def _corrects(commands: tuple[Command, ...], guidance: Guidance) -> bool:
    """ "Change the appointment to Friday", in the middle of making it, asks for no other script."""
    inside = bool(guidance.primary) or is_confirming(guidance)
    return inside and any(isinstance(c, CorrectSlot) and c.value is not None for c in commands)


def _says_a_wish(reading: Reading, wishes: list[IntentFound]) -> bool:
    """Whether the value is made of words with which something else was said: "speak up" is no check-up."""
    own = set(plain(reading.parsed.text).split())
    about_the_talk = (Cancel, NeedTime, Remark, Repeat, SlowDown, SpeakUp)
    return any(own <= set(wish.words.split()) for wish in wishes if isinstance(wish.command, about_the_talk))


_CHANGES_TO = re.compile(r"\b(?:change|make|switch|put|correct|set|turn|swap) (?:\w+ ){0,4}(?:to|into|for|with)\b")


def _means_a_value(commands: tuple[Command, ...], guidance: Guidance, words: str) -> bool:
    """ "I want to change the day", where a day has been given: that one, and no appointment of long ago."""
    sure = guidance.proposed is not None or bool(_CHANGES_TO.search(words))
    given = {slot.slot for slot in guidance.slots if slot.filled or slot.slot == guidance.primary}
    return any(isinstance(c, CorrectSlot) and c.slot in given and (c.value is None or sure) for c in commands)


def _is_chosen(readings: list[Reading], guidance: Guidance) -> bool:
    """One of the things that were asked for is named: "billing should call me" wants a call back, not the bill."""
    return any(
        reading.slot.slot == guidance.primary
        and kind_of(reading.slot) is Kind.choice
        and reading.parsed.confidence >= 0.9
        for reading in readings
    )


def _is_guessed(reading: Reading, words: str, text: str) -> bool:
    """A choice read off a word or two of a question: "where do I park" is no order."""
    return kind_of(reading.slot) is Kind.choice and reading.parsed.confidence < 0.9 and is_question(words, text)


def _names_another(reading: Reading, guidance: Guidance) -> bool:
    """ "The problem is wrong", where one was written down: that text, and not the reason "a problem" once more."""
    if kind_of(reading.slot) is not Kind.choice or not reading.slot.filled:
        return False
    own = plain(reading.parsed.text).removeprefix("a ").removeprefix("the ")
    others = (slot for slot in guidance.slots if slot.filled and slot.slot != reading.slot.slot)
    return any(own == plain(name).removeprefix("the ").removeprefix("my ") for slot in others for name in slot.names)


def _without_swallowed(
    readings: list[Reading], wishes: bool, script: StartWorkflow | None, words: str, text: str
) -> list[Reading]:
    """Names and free text are not made of wishes, of a script's name or of a question."""
    if not wishes and script is None and not is_question(words, text):
        return readings
    lenient = (Kind.person_name, Kind.spelled_name, Kind.address)
    return [r for r in readings if kind_of(r.slot) not in lenient or r.parsed.confidence >= 0.8]


def _commands(
    heard: Heard, guidance: Guidance, answered: Answered | None, readings: list[Reading]
) -> tuple[Command, ...]:
    """Answer and values put together; nothing is affirmed in the same breath in which something is changed."""
    primary = guidance.slot(guidance.primary)
    if primary is not None and primary.kind == Kind.yes_no and guidance.proposed is None:
        return _flag(primary, heard, guidance, answered)
    repeated = [r for r in readings if _repeats(r, guidance)]
    changes = [_command_of(r, heard, guidance) for r in readings if r not in repeated]
    values = [command for command in changes if command is not None]
    has_none = primary is not None and primary.optional and _is_bare_answer(answered, guidance)
    named = named_for_change(plain(heard.text), guidance) if not values and not has_none else []
    if _renames(answered, guidance) and CorrectSlot.__name__ in guidance.allowed:
        values += [CorrectSlot(slot.slot, None, heard.text, 0.8) for slot in named]
    answer = _answer(answered, guidance, values, repeated=bool(repeated))
    return (*answer, *values)


def _renames(answered: Answered | None, guidance: Guidance) -> bool:
    return answered is None or answered.answer is not Answer.YES


def _flag(slot: SlotExpectation, heard: Heard, guidance: Guidance, answered: Answered | None) -> tuple[Command, ...]:
    """The slot itself is a yes or no."""
    if answered is None or answered.answer is Answer.YES_BUT:
        return ()
    value = answered.answer is Answer.YES
    if FillSlot.__name__ in guidance.allowed:
        return (FillSlot(slot.slot, value, heard.text, _sure(answered.confidence, heard)),)
    name = (Affirm if value else Deny).__name__
    return ((Affirm if value else Deny)(answered.confidence),) if name in guidance.allowed else ()


_NAMES = frozenset({Kind.person_name, Kind.spelled_name})
_LETTERS = re.compile(r"\b[a-z]\b(?:[\s,.-]+[a-z]\b){2,}", re.IGNORECASE)


def _repeats(reading: Reading, guidance: Guidance) -> bool:
    """ "Thursday, yes": the value read back, said again. Who spells it again may be putting it right."""
    same = guidance.proposed is not None and reading.parsed.value == guidance.proposed
    return same and not (kind_of(reading.slot) in _NAMES and bool(_LETTERS.search(reading.parsed.text)))


def _command_of(reading: Reading, heard: Heard, guidance: Guidance) -> Command | None:
    slot, parsed = reading.slot, reading.parsed
    confirming = guidance.proposed is not None and slot.slot == guidance.primary
    sure = _sure(parsed.confidence if parsed.complete else min(parsed.confidence, 0.5), heard)
    if (slot.filled or confirming) and CorrectSlot.__name__ in guidance.allowed:
        return CorrectSlot(slot.slot, parsed.value, parsed.text, sure)
    if FillSlot.__name__ in guidance.allowed:
        return FillSlot(slot.slot, parsed.value, parsed.text, sure, parsed.alternatives)
    return None


def _sure(confidence: float, heard: Heard) -> float:
    return round(confidence * heard.confidence, 3)


def _answer(
    answered: Answered | None, guidance: Guidance, values: list[Command], *, repeated: bool
) -> tuple[Command, ...]:
    if answered is None or answered.answer is Answer.YES_BUT:
        said_again = repeated and not values and answered is None and Affirm.__name__ in guidance.allowed
        return (Affirm(0.8),) if said_again else ()
    if answered.answer is Answer.NO:
        if repeated and not values:
            return (Affirm(0.6),) if answered.confidence < 0.7 and Affirm.__name__ in guidance.allowed else ()
        if values and not is_confirming(guidance):
            return ()
        return (Deny(answered.confidence),) if Deny.__name__ in guidance.allowed else ()
    if values or Affirm.__name__ not in guidance.allowed:
        return ()
    return (Affirm(answered.confidence),)
