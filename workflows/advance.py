"""The director: a script set, and what follows from each stimulus. Pure: no clock, no socket, no chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from calls.changed import changed
from calls.errors import ConfigurationError
from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.run import (
    ActionSettled,
    Advance,
    CalledBack,
    CallerSilent,
    CallFacts,
    CardSpoken,
    Commanded,
    HumanMissed,
    KeysWanted,
    NotComposed,
    Opened,
    Resumed,
    Run,
    ScriptLine,
    Stimulus,
    TimeIsShort,
    TimeIsUp,
)
from workflows.calling import migrate
from workflows.capturing import card_spoken, keys_wanted
from workflows.commands import obey
from workflows.guiding import guidance_for
from workflows.language.nodes import suggestion
from workflows.language.scripts import ScriptSet
from workflows.repair import called_back, human_missed, resumed, silent, time_short, time_up
from workflows.repair.circling import leave_circles
from workflows.repair.uncomposed import not_composed
from workflows.repair.unhurried import give_time
from workflows.settling import settle
from workflows.turn import Turn, Way
from workflows.verifying import lapse
from workflows.walk import start_script

_BEFORE_ANY = Opened | CalledBack | Resumed | HumanMissed | TimeIsUp | CardSpoken
"""What may happen while no script has begun."""


class ScriptDirector:
    """Runs the scripts of a set, beginning with ``entry``. Implements the port ``Director``.

    Raises ConfigurationError when ``entry`` is not in the set.
    """

    def __init__(
        self, scripts: ScriptSet, entry: str, followed: Callable[[Sequence[Way]], None] | None = None
    ) -> None:
        """``followed`` is told the edges of every turn: for counting which were ever taken, never for deciding."""
        self.scripts = scripts
        self._followed = followed
        self._guidance: tuple[Run, CallFacts, Guidance] | None = None
        """the newest that was made, and from what"""
        if entry not in scripts.scripts:
            raise ConfigurationError(f"there is no script {entry!r}; {suggestion(entry, list(scripts.scripts))}")
        self.entry = entry

    def advance(self, run: Run, stimulus: Stimulus, facts: CallFacts) -> Advance:
        """What follows from ``stimulus``: events to record, words, at most one action, and what is expected next."""
        turn = Turn(self.scripts, run, facts)
        if run.script and run.script not in self.scripts.scripts:
            # The script this call began with is gone: begin again rather than leave the caller in silence.
            self._open(turn)
            return self._answer(turn, facts)
        migrate(turn)
        if not run.script and not isinstance(stimulus, _BEFORE_ANY):
            return Advance(guidance=NOTHING_EXPECTED)
        give_time(turn, stimulus)
        match stimulus:
            case Opened():
                self._open(turn)
            case CalledBack():
                called_back(turn, stimulus.earlier, self.entry)
            case Resumed():
                self._resume(turn) if run.script else self._open(turn)
            case Commanded():
                obey(turn, stimulus)
                leave_circles(turn)
            case CallerSilent():
                silent(turn, stimulus.count)
            case ActionSettled():
                settle(turn, stimulus)
            case NotComposed():
                not_composed(turn)
            case KeysWanted():
                keys_wanted(turn, stimulus)
            case CardSpoken():
                card_spoken(turn, stimulus)
            case HumanMissed():
                human_missed(turn, stimulus.status)
            case TimeIsShort():
                time_short(turn, stimulus.left_ms)
            case TimeIsUp():
                time_up(turn)
        return self._answer(turn, facts)

    def _answer(self, turn: Turn, facts: CallFacts) -> Advance:
        if self._followed is not None:
            self._followed(turn.ways)
        answer = turn.finished()
        # The action is under way once the conversation has recorded it; guidance is for that moment.
        after = changed(turn.run, awaiting=answer.action.key) if answer.action else turn.run
        guidance = self.guidance(after, facts)
        if turn.looked_up and guidance.brief is not None:
            guidance = replace(guidance, brief=replace(guidance.brief, looked_up=True))
        return replace(answer, guidance=guidance)

    def guidance(self, run: Run, facts: CallFacts) -> Guidance:
        """What is wanted where ``run`` stands. Asked for several times a turn; of time only the day counts."""
        if run.script not in self.scripts.scripts:
            return NOTHING_EXPECTED
        noon = datetime.fromisoformat(facts.wall).replace(hour=12, minute=0, second=0, microsecond=0)
        facts = changed(facts, wall=noon.isoformat())
        if self._guidance is None or self._guidance[0] != run or self._guidance[1] != facts:
            self._guidance = run, facts, guidance_for(self.scripts, run, facts)
        return self._guidance[2]

    def _resume(self, turn: Turn) -> None:
        lapse(turn)
        resumed(turn)

    def _open(self, turn: Turn) -> None:
        # Who is speaking, and that it is a machine: said in full, whatever the caller does.
        turn.lines.append(ScriptLine("greeting", turn.facts.greeting, must_say=True))
        start_script(turn, self.entry)
