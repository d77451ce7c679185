"""What a composed clause may rest on: the call's fact table, a value made purely from what is on record.

Everything a model says of numbers, prices, dates, times, names and codes must stand in it. What the caller merely
said is not a fact; what the script took down from it (a slot) is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calls.commands import Value
from calls.guidance import Brief, Guidance, Mode
from calls.line import Line
from calls.run import CallFacts
from calls.state import CallState

Origin = Literal["line", "script", "slot", "found", "receipt"]
"""``found``: looked up or proved in this call, of a record; personal until the caller is verified"""

_SAID = 12
"""utterances of the agent that count as said already"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known."""

    name: str
    """``date``, ``price``, ``booking_code``: tells money and minutes from bare numbers"""
    value: Value
    origin: Origin


@dataclass(frozen=True, slots=True)
class Ground:
    """What the speech gate is told with a clause."""

    receipts: frozenset[str] = frozenset()
    """idempotency keys of the call's committed actions"""
    facts: tuple[Fact, ...] = ()
    mode: Mode = "composed"
    """of the step; the gate may raise it, never lower it"""
    heard: str = ""
    """the caller's newest words"""
    feeling: str = ""
    """how they sounded; empty when it is not known"""
    said: tuple[str, ...] = ()
    """what the agent said of late, as far as it was heard"""
    hidden: tuple[str, ...] = ()
    """instructions, which are not for callers' ears"""
    wall: str = ""
    """ISO 8601 with offset, in the line's zone"""
    locale: str = "en-US"
    verified: bool = False
    """the caller has proved who they are"""


def _hidden(brief: Brief, guidance: Guidance, line: Line) -> tuple[str, ...]:
    """What a model is told in this call beside its facts. The scope is none of it: that may be told."""
    options = (f"{option.id} {' '.join(option.says)}" for option in (*guidance.workflows, *guidance.topics))
    texts = (f"{brief.persona} {line.persona.manner}", " ".join(brief.never), " ".join(options))
    return tuple(text.strip() for text in texts if text.strip())


def ground_of(state: CallState, facts: CallFacts, line: Line, guidance: Guidance) -> Ground:
    """The ground of what is said now. Pure."""
    brief = guidance.brief or Brief(scope="")
    run = state.run
    table = [
        Fact("business", line.business, "line"),
        Fact("agent_name", line.agent_name, "line"),
        Fact("greeting", line.greeting, "line"),
        Fact("line_phone", line.number, "line"),
        *(Fact("term", term.text, "line") for term in line.vocabulary),
        *(Fact(known.name, known.text, "script") for known in brief.facts),
        *(Fact(known.name, known.text, "script") for known in brief.known),
    ]
    for slot, given in run.slots.items():
        table.append(Fact(slot, given.value, "slot"))
    for name, value in run.facts.items():
        table.append(Fact(name.lstrip("@"), value, "found"))
    for name, value in run.noted.items():
        table.append(Fact(name, value, "slot"))
    for receipt in run.receipts.values():
        table += [Fact(name, value, "receipt") for name, value in receipt.result.items()]
    for expected in guidance.slots:
        table += [Fact(expected.slot, says, "script") for option in expected.options for says in option.says[:1]]
    table += [Fact("offered", value, "script") for value in guidance.offered]
    return Ground(
        receipts=frozenset(receipt.key for receipt in run.receipts.values()),
        facts=tuple(table),
        mode=brief.mode,
        heard=next((said.text for said in reversed(state.talk) if said.by == "caller"), ""),
        feeling=state.feeling,
        said=tuple(said.text for said in state.talk if said.by == "agent")[-_SAID:],
        hidden=_hidden(brief, guidance, line),
        wall=facts.wall,
        locale=guidance.language or facts.locale,
        verified=run.verified is not None,
    )
