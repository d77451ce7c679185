"""What understanding is tried on: the frozen turns that ship, and turns of stored calls at the place they were said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from agent.thinking.schema import PLAIN
from calls import events as ev
from calls.errors import ConfigurationError
from calls.events import CallEvent
from calls.grounding import Ground, ground_of
from calls.guidance import Guidance
from calls.line import IncomingCall, Line
from calls.replies import AgentSide
from calls.run import CallFacts, Run
from calls.speech import Heard
from calls.state import CallState, evolve
from calls.talk import Talk, Utterance, before
from switchboard.qualify.masking import MASK, Masking
from switchboard.rehearsal.call import TRAITS
from switchboard.rehearsal.replaying import retold
from workflows.advance import ScriptDirector
from workflows.asking import ALL
from workflows.language.model import Confirm
from workflows.language.scripts import ScriptSet

FROZEN = Path(__file__).with_name("understanding.yaml")
NOW = datetime.fromisoformat("2026-03-16T10:00:00-04:00")
"""the moment of the frozen turns; a Monday"""
COMPOSES = replace(TRAITS, composes=True)
_DOES = {*PLAIN, "tell", "wrong", "start", "ask", "remark", "machine", "language", "call_later"}

LineOf = Callable[[Sequence[CallEvent]], tuple[Line, str] | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, and everything an understander may know when it is said."""

    id: str
    heard: Heard
    guidance: Guidance
    facts: CallFacts
    ground: Ground
    """of what is said in answer"""
    talk: Talk = ()
    meant: tuple[frozenset[str], ...] = ()
    """commands as ``tell SLOT VALUE``, best first where several are right; none for stored turns: nobody has written
    down what was meant"""


@dataclass(slots=True)
class Stored:
    """What stored calls gave."""

    turns: list[Turn] = field(default_factory=list)
    calls: int = 0
    withheld: int = 0
    """turns that are shown to nobody: something in them could be masked but not be replaced"""


def frozen_turns(scripts: ScriptSet, line: Line, path: Path = FROZEN) -> list[Turn]:
    """Those that ship. Raises ConfigurationError when a script they name is gone, or a line of the file is wrong."""
    tree: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_frozen(number, row, scripts, line, path.name) for number, row in enumerate(tree["turns"], 1)]


def _frozen(number: int, row: dict[str, Any], scripts: ScriptSet, line: Line, where: str) -> Turn:
    script = scripts.scripts.get(row["script"])
    step = script.steps.get(row["step"]) if script is not None else None
    ways = [frozenset(row["means"]), *(frozenset(way) for way in row.get("or", ()))]
    unknown = [means for way in ways for means in sorted(way) if means.split()[0] not in _DOES]
    if script is None or step is None or unknown:
        wrong = f"means {unknown[0]!r}" if unknown else f"{row['script']}/{row['step']} is not there"
        raise ConfigurationError(f"{where}: turn {number}: {wrong}; the set is for the shipped scripts")
    run = Run(script.name, script.digest, row["step"], confirming=ALL if isinstance(step, Confirm) else "")
    zone = replace(line, timezone="America/New_York", locale="en-US")
    facts = _facts(zone)
    guidance = ScriptDirector(scripts, script.name).guidance(run, facts)
    guidance = guidance if row.get("replies") else replace(guidance, brief=None)
    state = replace(CallState(), run=run, talk=(Utterance("caller", row["text"], 1),))
    ground = ground_of(state, facts, zone, guidance)
    return Turn(f"frozen-{number:02}", Heard(row["text"], 0.0, 0.0), guidance, facts, ground, (), tuple(ways))


def _facts(line: Line) -> CallFacts:
    return CallFacts(
        call="qualify", caller="+15550142", line=line.id, business=line.business, agent_name=line.agent_name,
        greeting=line.greeting, locale=line.locale, timezone=line.timezone, wall=NOW.isoformat(), composes=True,
    )  # fmt: skip


def stored_turns(calls: Iterable[Sequence[CallEvent]], scripts: ScriptSet, lines: LineOf) -> Stored:
    """The spoken turns of stored calls, each as its call stood when it was said, without what is personal.

    ``lines``: the line of a call as it is now, and the script its calls begin with; None where it is gone.
    """
    stored = Stored()
    for events in calls:
        found = lines(events)
        if found is None or not any(isinstance(event.body, ev.CallAnswered) for event in events):
            continue
        stored.calls += 1
        line, entry = found
        for turn in _turns(events, scripts, retold(line, events), entry):
            if turn.heard.text.strip() and MASK not in turn.heard.text:
                stored.turns.append(turn)
            else:
                stored.withheld += 1
    return stored


def _turns(events: Sequence[CallEvent], scripts: ScriptSet, line: Line, entry: str) -> Iterator[Turn]:
    answered = next(event.body for event in events if isinstance(event.body, ev.CallAnswered))
    director, masking = ScriptDirector(scripts, entry), Masking(events, scripts, line)
    side = AgentSide(line, IncomingCall(answered.call, "", answered.called, answered.carrier), director, COMPOSES)
    state = CallState()
    for event in events:
        spoke = isinstance(event.body, ev.CallerSpoke) and state.run.script in scripts.scripts
        guidance = director.guidance(state.run, side.facts_at(state, event.at_ms)) if spoke else None
        shown = masking.event(event, guidance)
        state = evolve(state, shown.body, shown.at_ms)
        if guidance is not None and isinstance(shown.body, ev.CallerSpoke):
            facts = side.facts_at(state, event.at_ms)
            heard = Heard(shown.body.text, 0.0, 0.0, shown.body.confidence)
            talk = before(state.talk, shown.body.turn - 1)
            ground = ground_of(state, facts, line, guidance)
            yield Turn(f"{answered.call}#{shown.body.turn}", heard, guidance, facts, ground, talk)
