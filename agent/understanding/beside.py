"""Wishes about the talk, put in order: before everything else, or beside an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.understanding.answers import Answer, Answered, declines, is_confirming
from agent.understanding.intents import IntentFound
from agent.understanding.values import context_for, kind_of
from agent.understanding.wording import plain
from calls.commands import (
    Affirm,
    AskHuman,
    CallLater,
    Cancel,
    Command,
    Deny,
    Explain,
    Goodbye,
    MachineHeard,
    Remark,
    Repeat,
    StartWorkflow,
    UseCallerNumber,
    Wait,
    WrongNumber,
)
from calls.guidance import Guidance
from calls.run import CallFacts
from spoken import Kind, parse

_FIRST = (MachineHeard, AskHuman, WrongNumber)
"""before these everything else falls silent, in this order"""

_GRAVE = ("angry", "abusive", "child")


def urgent(
    wishes: Sequence[IntentFound], answered: Answered | None, scripts: Sequence[StartWorkflow], guidance: Guidance,
    text: str, facts: CallFacts,
) -> tuple[Command, ...]:  # fmt: skip
    """Wishes before which everything else falls silent; empty when there is none."""
    for kind in _FIRST:
        found = next((wish.command for wish in wishes if isinstance(wish.command, kind)), None)
        if found is not None and not (scripts and isinstance(found, WrongNumber)):
            return _with(found, wishes, answered, guidance)
    for wish in wishes:
        if isinstance(wish.command, CallLater) and not _is_choice(text, guidance, facts):
            return (when_in(wish.command, text, facts),)
        if isinstance(wish.command, UseCallerNumber) and _phone_asked(guidance):
            return (wish.command,)
    for wish in wishes:
        if not wish.whole or isinstance(wish.command, CallLater):
            continue
        if isinstance(wish.command, Cancel) and declines(text, guidance):
            continue
        # In the middle of something "cancel", with no more, means that.
        bare = bool(guidance.primary) and isinstance(wish.command, Cancel) and not _names(wish.words)
        by_name = not (_takes_back(wish) or bare) or _offered(wish, guidance)
        if by_name and _is_answer(wish.command, answered, scripts, guidance):
            continue
        if isinstance(wish.command, Cancel) and is_confirming(guidance) and _says_no(answered):
            apart = not _takes_back(wish) or text.lower().lstrip().startswith("no")
            return (Deny(0.9), wish.command) if apart else (wish.command,)
        return (wish.command,)
    return ()


def _with(
    found: Command, wishes: Sequence[IntentFound], answered: Answered | None, guidance: Guidance
) -> tuple[Command, ...]:
    """What else was said that stays worth knowing: a no, anger, a goodbye."""
    if isinstance(found, MachineHeard):
        return (found,)
    before: list[Command] = []
    if is_confirming(guidance) and _says_no(answered) and not isinstance(found, WrongNumber):
        before.append(Deny(0.9))
    before += [w.command for w in wishes if isinstance(w.command, Remark) and w.command.kind in _GRAVE[:2]][:1]
    after = [w.command for w in wishes if isinstance(w.command, Goodbye) and isinstance(found, WrongNumber)]
    return (*before, found, *after)


_THIS = re.compile(r"\b(?:that|this|it|everything|all of it|the whole thing)\b")


def _takes_back(wish: IntentFound) -> bool:
    """ "Cancel that" means what is being done; "cancel my appointment" may be a script's name."""
    return isinstance(wish.command, Cancel) and bool(_THIS.search(wish.words))


def _names(words: str) -> bool:
    return bool(re.search(r"\b(?:appointment|booking|reservation|order|visit)\b", words))


def _offered(wish: IntentFound, guidance: Guidance) -> bool:
    """Asked whether to cancel, "cancel it" is the answer."""
    return any(plain(phrase) == wish.words for option in guidance.workflows for phrase in option.says)


def _says_no(answered: Answered | None) -> bool:
    return answered is not None and answered.answer is Answer.NO


def _says_yes(answered: Answered | None) -> bool:
    return answered is not None and answered.answer is Answer.YES


def _is_answer(
    command: Command, answered: Answered | None, scripts: Sequence[StartWorkflow], guidance: Guidance
) -> bool:
    """Whether the wish is to be read as a script's name, or as a plain yes or no."""
    confirming = is_confirming(guidance)
    if isinstance(command, UseCallerNumber):
        return not _phone_asked(guidance)
    if isinstance(command, Affirm | Deny):
        return not confirming or bool(scripts) or (guidance.more and _says_no(answered))
    plain_answer = confirming and answered is not None and answered.alone
    if isinstance(command, Cancel):
        # "cancel my appointment" starts a script where there is one; "never mind" may be a plain no to one value.
        return bool(scripts) or (plain_answer and guidance.proposed is not None)
    if isinstance(command, Repeat) and plain_answer and _says_yes(answered):
        return True  # "uh huh" is no "huh?"
    if isinstance(command, Goodbye) and confirming and not guidance.more and _says_yes(answered):
        # "That's it", to a read-back, ends no call.
        return True
    if isinstance(command, Goodbye | Remark):
        return plain_answer
    return isinstance(command, Explain) and bool(scripts)


def _is_choice(text: str, guidance: Guidance, facts: CallFacts) -> bool:
    """Whether the words are one of the choices that were asked for: "call me back"."""
    slot = guidance.slot(guidance.primary)
    if slot is None or kind_of(slot) is not Kind.choice:
        return False
    found = parse(Kind.choice, text, context_for([slot], facts))
    return found is not None and found.confidence >= 0.7


def _phone_asked(guidance: Guidance) -> bool:
    slot = guidance.slot(guidance.primary)
    return slot is not None and kind_of(slot) is Kind.phone


def when_in(command: CallLater, text: str, facts: CallFacts) -> CallLater:
    """With the moment it names, or the day or the time alone."""
    found = parse(Kind.datetime, text, context_for((), facts))
    if found is None or found.confidence < 0.5:
        return replace(command, text=text)
    return replace(command, when=str(found.value), text=found.text)


def beside(
    wishes: Iterable[IntentFound], commands: tuple[Command, ...], text: str, facts: CallFacts
) -> tuple[Command, ...]:
    """Wishes beside something else. "Hang on, Thursday" is an answer; "no thanks, bye" is both."""
    soft = (Wait, Repeat, Cancel, Explain, Affirm, Deny)
    kept = [
        wish.command
        for wish in wishes
        if not (commands and _is_soft(wish.command, soft)) and not isinstance(wish.command, AskHuman)
    ]
    return tuple(when_in(command, text, facts) if isinstance(command, CallLater) else command for command in kept[:1])


def _is_soft(command: Command, soft: tuple[type[Command], ...]) -> bool:
    small = isinstance(command, Remark) and command.kind in ("chitchat", "thanks")
    return small or isinstance(command, (*soft, CallLater))
