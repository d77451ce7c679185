"""A call at the level of commands: what the caller means goes in, lines and actions come out."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from typing import Any

from calls.codec import decode, encode
from calls.commands import Command, Value
from calls.events import ActionAnswered, ActionCommitted, ActionRefused, ActionRequested, EventBody
from calls.run import (
    ActionRequest,
    ActionSettled,
    Advance,
    CallerSilent,
    CallFacts,
    Commanded,
    HumanMissed,
    Opened,
    Resumed,
    Run,
    Stimulus,
    TimeIsUp,
)  # fmt: skip
from calls.runs import fold
from calls.speech import HeardBy
from workflows.advance import ScriptDirector
from workflows.language import ScriptSet, shipped_scripts
from workflows.language.catalogue import ACTIONS
from workflows.language.claims import claim_in
from workflows.language.model import Act, Step
from workflows.memory_actions import MemoryActions

SCRIPTS = shipped_scripts()
TODAY = date(2026, 3, 16)
"""a Monday"""

FACTS = CallFacts(
    call="CA1",
    caller="+12125550192",
    line="front",
    business="Harbor Dental",
    agent_name="Ava",
    greeting="Harbor Dental, this is Ava, an automated assistant. This call is recorded.",
    locale="en-US",
    timezone="America/New_York",
    wall="2026-03-16T10:00:00-04:00",
    has_human=False,
    exact_hearing=True,
)


def finished(coroutine: Coroutine[Any, Any, ActionSettled]) -> ActionSettled:
    """The result of a coroutine which never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("the action waited")


class Dialogue:
    """Plays the conversation's part: records, folds, carries out. Checks on every turn what must hold in any."""

    def __init__(self, entry: str = "book", scripts: ScriptSet = SCRIPTS, *, hold: bool = False, **facts: Any) -> None:
        self.facts = replace(FACTS, **facts)
        self.director = ScriptDirector(scripts, entry)
        self.actions = MemoryActions(TODAY)
        self.hold = hold
        """leave actions unanswered until ``settles`` is called"""
        self.run = Run()
        self.record: list[EventBody] = []
        self.requests: list[ActionRequest] = []
        self.pending: ActionRequest | None = None
        self.last = Advance()
        self.turn: list[str] = []
        """what was said since the caller's last word"""
        self.said: list[str] = []
        self.ids: list[str] = []

    # --- what happens ---------------------------------------------------------------------------------

    def opens(self) -> Dialogue:
        return self.hears(Opened())

    def says(self, *commands: Command, by: HeardBy = HeardBy.SPEECH) -> Dialogue:
        return self.hears(Commanded(commands, "", by))

    def silent(self, count: int) -> Dialogue:
        return self.hears(CallerSilent(count))

    def resumes(self) -> Dialogue:
        return self.hears(Resumed())

    def human_missed(self, status: str = "no-answer") -> Dialogue:
        return self.hears(HumanMissed(status))

    def time_up(self) -> Dialogue:
        return self.hears(TimeIsUp())

    def hears(self, stimulus: Stimulus) -> Dialogue:
        self.turn = []
        self._advance(stimulus)
        if not self.hold:
            while self.pending is not None:
                self.settles()
        return self

    def settles(self, settled: ActionSettled | None = None) -> Dialogue:
        """The world answers, as the actions in memory do, or as given."""
        assert self.pending is not None
        request, self.pending = self.pending, None
        proof = self.run.verified
        facts = replace(self.facts, verified_subject=proof.subject, verified_level=proof.level) if proof else self.facts
        done = settled or finished(self.actions.run(self.facts.call, facts, request))
        if done.receipt is not None:
            self._keep(ActionCommitted(done.receipt, 1.0))
        elif done.refusal:
            self._keep(ActionRefused(done.key, done.action, done.refusal, done.found))
        else:
            self._keep(ActionAnswered(done.key, done.action, done.found, 1.0))
        self._advance(done)
        return self

    def _advance(self, stimulus: Stimulus) -> None:
        stands_at_action = isinstance(self.step, Act)
        answer = self.director.advance(self.run, stimulus, self.facts)
        assert answer == self.director.advance(self.run, stimulus, self.facts), "advance is not pure"
        for body in answer.events:
            self._keep(body)  # type: ignore[arg-type]
        if answer.action is not None:
            request = answer.action
            self.requests.append(request)
            self.pending = request
            self._keep(ActionRequested(request.key, request.action, request.arguments, request.writes))
        late = isinstance(stimulus, ActionSettled) and not stands_at_action
        self._hold_true(answer, late)
        self.last = answer
        self.turn += [line.text for line in answer.lines]
        self.said += [line.text for line in answer.lines]
        self.ids += [line.id for line in answer.lines]

    def _keep(self, body: EventBody) -> None:
        assert decode(body.name, body.version, encode(body)) == body
        self.record.append(body)
        self.run = fold(self.run, body)

    def _hold_true(self, answer: Advance, late: bool) -> None:
        receipts = {receipt.key for receipt in self.run.receipts.values()}
        for line in answer.lines:
            assert line.text.strip(), line.id
            assert "{" not in line.text, line.text
            assert not claim_in(line.text) or line.receipt in receipts, f"claims without a receipt: {line.text}"
        assert answer.guidance == self.director.guidance(self.run, self.facts)
        assert bool(answer.disposition) == bool(answer.ending)
        if not answer.ending and not answer.action and not self.run.awaiting and not late:
            assert answer.lines, "the caller is left in silence"

    # --- what can be looked at ------------------------------------------------------------------------

    @property
    def words(self) -> str:
        """What was said since the caller's last word."""
        return " ".join(self.turn)

    @property
    def step(self) -> Step | None:
        """The step the run stands at."""
        scripts = self.director.scripts
        known = self.run.script in scripts.scripts
        return scripts.get(self.run.script, self.run.version).steps.get(self.run.step) if known else None

    @property
    def slots(self) -> dict[str, Value]:
        return {name: held.value for name, held in self.run.slots.items()}

    @property
    def done(self) -> list[str]:
        """The actions asked for which change something for good."""
        return [r.action for r in self.requests if r.writes and not ACTIONS[r.action].tentative]

    @property
    def ending(self) -> tuple[str, str]:
        return self.last.ending, self.last.disposition
