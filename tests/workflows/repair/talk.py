"""A call in words: what the caller says is understood as in a real call, then directed by scripts like those that ship.

Every pattern is tried ten times. A seed draws the words and the moment, so that the ten differ and stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from agent.understanding.local import LocalUnderstander
from calls.commands import Command
from calls.events import RepairApplied
from calls.repairs import Repair
from calls.run import Commanded
from calls.speech import Heard, HeardBy
from calls.virtual_time import run_virtual
from tests.corpora.check_behaviour import understanding
from tests.workflows.dialogue import Dialogue
from workflows.language import ScriptSet, load_scripts

SCRIPTS = load_scripts(sorted((Path(__file__).parent / "scripts").glob("*.yaml")))
"""a booking, a question for support and a call back; kept here, so that the shipped ones may change"""

SEEDS = range(10)
UNDERSTANDER = LocalUnderstander()

ANSWERS = {
    "service": "a cleaning please",
    "date": "on Thursday",
    "time": "half past two",
    "name": "Alex Kim",
    "phone": "two one two five five five zero one nine two",
}
"""what is asked for in ``book`` -> an answer"""

T = TypeVar("T")


class Talk(Dialogue):
    """A dialogue whose caller speaks in words."""

    def __init__(self, entry: str = "book", scripts: ScriptSet = SCRIPTS, **facts: Any) -> None:
        super().__init__(entry, scripts, **facts)
        self.meant: tuple[Command, ...] = ()
        self.path = ""

    def words_heard(self, text: str, *, keys: bool = False, heard: str = "", **flags: bool) -> Talk:
        """One turn of the caller. ``heard``: what had sounded of a read-back they cut."""
        from dataclasses import replace

        by = HeardBy.KEYS if keys else HeardBy.SPEECH
        guidance = replace(self.director.guidance(self.run, self.facts), heard=heard)
        found = run_virtual(UNDERSTANDER.understand(Heard(text, 0.0, 0.0, by=by), guidance, self.facts))
        self.meant, self.path = found.commands, found.path
        self.hears(Commanded(found.commands, text, by, interrupted=bool(heard), **flags))
        return self

    def answers(self, *slots: str) -> Talk:
        """Answer the open questions of ``book``, one turn each."""
        for slot in slots:
            self.words_heard(ANSWERS[slot])
        return self

    @property
    def repairs(self) -> list[Repair]:
        """The patterns on the record, in order."""
        return [body.pattern for body in self.record if isinstance(body, RepairApplied)]

    @property
    def asked(self) -> str:
        """The slot asked for now."""
        return self.last.guidance.primary


def draw(pattern: str, seed: int) -> Random:
    """The chance of one test."""
    return Random(f"{pattern}/{seed}")


def some(rng: Random, of: Sequence[T]) -> T:
    """One of them."""
    return of[rng.randrange(len(of))]


def worked(command: str) -> list[str]:
    """Plain wordings of a command in the half of the corpus that is worked on."""
    turns = [t for t in understanding("worked") if not t.free]
    return [t.text for t in turns if len(t.commands) == 1 and t.commands[0].command == command]


MOMENTS: tuple[tuple[str, ...], ...] = ((), ("service",), ("service", "date"), ("service", "date", "time"))
"""where a booking stands: what has been answered"""


def booking(rng: Random, moments: Sequence[tuple[str, ...]] = MOMENTS, **facts: Any) -> Talk:
    """A booking in the middle."""
    talk = Talk(**facts)
    talk.opens()
    return talk.answers(*some(rng, moments))


def read_back(**facts: Any) -> Talk:
    """A booking whose values have been read back and await a yes."""
    talk = Talk(**facts)
    talk.opens()
    talk.answers("service", "date", "time", "name", "phone")
    assert talk.run.confirming == "*", talk.said
    return talk


def unchanged(talk: Talk, before: str) -> None:
    """The same is asked as before, and the call goes on."""
    assert talk.asked == before, talk.said
    assert talk.ending == ("", ""), talk.said
