"""Understanding, as a line would ask for it: the same turns to every provider, each turn asked of the model itself."""

from __future__ import annotations

from collections.abc import Sequence

from agent.guardrail.gate import RuleGuardrail
from agent.ports import CallContext, Meaning, Understander
from agent.resilience.prices import Prices
from agent.thinking.model import LanguageModel
from agent.thinking.thinker import CallThinker, Thinker
from calls.commands import Command, Unclear
from calls.effects import Compose
from calls.errors import EngineError
from calls.guidance import Guidance
from calls.run import CallFacts
from calls.speech import Clause, Heard
from switchboard.gates import gate_of, policy_of
from switchboard.qualify.measures import Answer, Measured
from switchboard.qualify.noting import Inbox
from switchboard.qualify.providers import Bench
from switchboard.qualify.turns import Turn
from switchboard.simulation.models import asked_as

NOTHING = "(nothing)"


class _NeverCertain:
    """The grammar, never taken at its word: every turn goes to the model, also those a line would not ask it about."""

    def __init__(self, grammar: Understander) -> None:
        self._grammar = grammar

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        found = await self._grammar.understand(heard, guidance, facts)
        return Meaning(found.commands, "asked")


async def measure(
    provider: str, model: LanguageModel | None, turns: Sequence[Turn], bench: Bench, prices: Prices
) -> Measured:
    """Every turn, one after the other: a latency in a crowd would be the crowd's."""
    measured, inbox, local = Measured(provider), Inbox(bench.clock.now_ms), await bench.understander()
    context = CallContext("qualify", bench.line, bench.clock, inbox)
    gate = gate_of(bench.line, policy_of(bench.line, bench.settings.lines.parent))
    thinker = Thinker(model, local) if model is not None else None
    if thinker is not None:
        thinker.grammar = _NeverCertain(thinker.grammar)
        await thinker.warm()
    for turn in turns[:1]:
        # What is read from disk at the first turn of a process is no part of any answer's time.
        await local.understand(turn.heard, turn.guidance, turn.facts)
    for number, turn in enumerate(turns, 1):
        inbox.faults.clear()
        began = bench.clock.now_ms()
        call = thinker.open(context) if thinker is not None else None
        try:
            if call is None:
                meaning = await local.understand(turn.heard, turn.guidance, turn.facts)
            else:
                meaning = await call.understand(number, turn.heard, turn.guidance, turn.facts, turn.talk)
            took = bench.clock.now_ms() - began
            fault = (inbox.faults or ["failed"])[-1] if meaning.fallback else ""
            measured.answers.append(_answer(turn, () if fault else meaning.commands, fault, took))
            if call is not None and turn.guidance.brief is not None and not fault:
                await _judge(call, turn, number, gate, measured)
        except EngineError as fault_of_stage:
            measured.answers.append(_answer(turn, (), fault_of_stage.reason, bench.clock.now_ms() - began))
        finally:
            if call is not None:
                await call.withdraw()
    measured.usd = inbox.usd(prices)
    return measured


def _answer(turn: Turn, commands: Sequence[Command], fault: str, ms: float) -> Answer:
    found = {named(command).casefold() for command in commands if not isinstance(command, Unclear)}
    given = "; ".join(sorted(found)) or NOTHING
    if not turn.meant:
        return Answer(turn.id, turn.heard.text, given, failed=fault, ms=ms)
    # A question which nothing on offer answers is how words are passed on to a model that replies.
    counted = {one for one in found if one != "ask"}
    ways = [{one.casefold() for one in way} for way in turn.meant]
    right = not fault and counted in ways
    wrong = not fault and not any(counted <= way for way in ways)
    return Answer(turn.id, turn.heard.text, given, "; ".join(sorted(ways[0])) or NOTHING, right, wrong, fault, ms)


def named(command: Command) -> str:
    """A command in a few words, without how sure it is: ``tell date 2026-03-20``."""
    form = asked_as(command)
    kept = ("do", "slot", "value", "workflow", "topic", "kind", "language")
    return " ".join(str(form[name]) for name in kept if form.get(name) not in (None, ""))


async def _judge(call: CallThinker, turn: Turn, number: int, gate: RuleGuardrail, measured: Measured) -> None:
    """Show the reply to the speech gate, as a call would."""
    asked = Compose(f"r{number}", number, turn.heard.text, turn.guidance, turn.talk)
    try:
        async for composed in call.compose(asked, turn.facts):
            if composed.text.strip():
                measured.judged += 1
                verdict = gate.judge(Clause(f"r{number}", composed.text, style=composed.style), turn.ground)
                if verdict.clause is None or verdict.clause.text != composed.text:
                    measured.blocked[verdict.rule] += 1
    except EngineError:
        return  # its commands were taken; the script says its own words
