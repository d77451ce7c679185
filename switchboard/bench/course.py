"""What callers of a bench do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from switchboard.bench.caller import Caller, Course
from switchboard.bench.ledger import Ledger, Utterance

QUIET_MS: Final = 500.0
"""somebody polite waits this long before they speak"""
INTO_MS: Final = 300.0
"""those who interrupt let the agent speak for this long"""
HESITANT: Final = 6
"""every so-manieth question begins with a sentence of its own: whoever takes that for all of it begins in vain"""
_FIRST = (
    "amber", "maple", "cedar", "river", "harbor", "meadow", "silver",
    "copper", "willow", "summer", "winter", "garden", "forest", "island", "valley",
)  # fmt: skip
_SECOND = (
    "falcon", "otter", "heron", "badger", "marten", "plover", "linnet",
    "osprey", "beaver", "turtle", "salmon", "rabbit", "spaniel", "pigeon",
)  # fmt: skip

ANSWERS: Final = (
    (r"anything else", "No, thank you."),
    (r"shall i book|is that right|did i get", "Yes, please."),
    (r"how can i help|what can i do|would you like to do", "I'd like to book an appointment."),
    (r"cleaning, a check", "A cleaning, please."),
    (r"(what|which) day", "{day}, please."),
    (r"(what|which) time|would you like", "{time}, please."),
    (r"spell", "M I L L E R."),
    (r"\bname\b", "Anna Miller."),
    (r"number", "Two one two, five five five, zero one four two."),
)
TIMES: Final = ("Nine in the morning", "Ten in the morning", "Eleven in the morning", "Two in the afternoon")


def tags() -> Iterator[str]:
    """Pairs of words by which questions are told apart; they come again after some thousand."""
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    for turn in itertools.count():
        yield from (name if not turn else f"{name[:-1]}{chr(97 + turn % 26)}" for name in names)


class Courses:
    """Hands out courses; all of a bench share one, so that no two questions have the same tag."""

    def __init__(self, ledger: Ledger, today: date) -> None:
        self._ledger = ledger
        self._tags = tags()
        self._today = today
        self._asked = 0

    def question(self, *, pause_ms: float = 0.0, barges: bool = False) -> Utterance:
        """Something no grammar settles. ``pause_ms``: after the first sentence, where there are two."""
        tag = next(self._tags)
        self._asked += 1
        text = f"Do you take new callers from {tag}?"
        if barges or self._asked % HESITANT:
            return self._ledger.lay(text, tag=tag, barges=barges)
        first = "It is the first time for us."
        words = len(first.split())
        return self._ledger.lay(f"{first} {text}", tag=tag, pause_after=words, pause_ms=pause_ms)

    def asks(self, turns: int, pause_ms: float = 0.0) -> Course:
        """So many questions, each after the answer to the one before."""

        async def course(phone: Caller) -> None:
            if not await phone.greeted():
                phone.call.trouble = "no greeting"
            for _ in range(turns):
                if not await phone.agent_finishes(QUIET_MS):
                    return
                said = self.question(pause_ms=pause_ms)
                await phone.says(said)
                if not await phone.answered(said):
                    phone.call.trouble = f"no answer to {said.text!r}"
            await phone.agent_finishes(QUIET_MS)

        return course

    def interrupts(self, turns: int) -> Course:
        """A question, and soon after the answer has begun the next one."""

        async def course(phone: Caller) -> None:
            await phone.greeted()
            await phone.agent_finishes(QUIET_MS)
            said = self.question(barges=True)
            await phone.says(said)
            for _ in range(turns):
                if not await phone.answered(said):
                    phone.call.trouble = f"no answer to {said.text!r}"
                    return
                await phone.waits(INTO_MS)
                said = self.question(barges=True)
                await phone.says(said)
            await phone.answered(said)
            await phone.agent_finishes(QUIET_MS)

        return course

    def books(self, ordinal: int) -> Course:
        """An appointment, every answer as short as people are."""
        ahead = (self._today + timedelta(days) for days in range(1, 15))
        open_days = [f"{day:%A}" for day in ahead if day.weekday() < 5]
        words = {"day": open_days[ordinal % 5], "time": TIMES[ordinal // 5 % 4]}

        async def course(phone: Caller) -> None:
            await phone.greeted()
            for _ in range(16):
                if not await phone.agent_finishes(QUIET_MS):
                    return
                asked = " ".join(sound.text for sound in phone.heard)
                if re.search(r"goodbye", asked, re.IGNORECASE):
                    return
                said = self._ledger.lay(reply_to(asked, words))
                await phone.says(said)
                if not await phone.answered(said):
                    phone.call.trouble = phone.call.trouble or ("" if phone.over else f"no answer to {said.text!r}")
                    return

        return course


def reply_to(asked: str, words: dict[str, str]) -> str:
    """The answer to the agent's question."""
    for pattern, answer in ANSWERS:
        if re.search(pattern, asked, re.IGNORECASE):
            return answer.format(**words)
    return "Could you say that again, please?"
