"""What understanding makes of the corpus: right turns, with and without likeness, per command and half.

"nothing %" of turns meant something and nothing was found; in "wrong %" something was found that was not meant.

``python -m tests.corpora.check understanding [--half worked|held|both] [--likeness] [--failures 10] [--show-held]``.
The texts of the held half are not shown unless asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.understanding.local import LocalUnderstander
from calls.commands import (
    AskQuestion,
    Command,
    CorrectSlot,
    FillPart,
    FillSlot,
    MachineHeard,
    Remark,
    StartWorkflow,
    SwitchLanguage,
)
from calls.speech import Heard
from switchboard.rehearsal.likeness import LocalSimilarity
from tests.corpora.check_behaviour import Half, Meaning, MeantTurn, understanding
from tests.corpora.understanding.steps import FACTS, guidance_of

_TOPICS = {"place": "location"}
"""the front desk's topic -> the corpus's"""

_UNCLEAR = (Meaning("unclear"),)

_VALUES = (FillSlot, FillPart, CorrectSlot)


@dataclass(frozen=True)
class Outcome:
    """One turn understood: what was found beside values, and the time it took (ms)."""

    turn: MeantTurn
    found: tuple[Meaning, ...]
    ms: float

    @property
    def none_meant(self) -> bool:
        """Only values, or what no command is for."""
        return self.turn.commands[0].command == "nothing"

    @property
    def right(self) -> bool:
        """Exactly the commands that were meant."""
        return self.found in ((), _UNCLEAR) if self.none_meant else set(self.found) == set(self.turn.commands)

    @property
    def missed(self) -> bool:
        """Nothing at all was found where something was meant."""
        return not self.right and self.found in ((), _UNCLEAR)

    @property
    def wrong(self) -> bool:
        """A command that was not meant: it does harm, where one that was missed costs a question."""
        return not set(self.found) <= {*self.turn.commands, *_UNCLEAR}


def meaning(command: Command) -> Meaning:
    """A command under the corpus's name."""
    match command:
        case StartWorkflow(workflow="person"):
            return Meaning("ask_human")
        case StartWorkflow():
            return Meaning("start_script", command.workflow)
        case AskQuestion():
            return Meaning("ask_question", _TOPICS.get(command.topic, command.topic))
        case SwitchLanguage():
            return Meaning("switch_language", command.language)
        case MachineHeard():
            return Meaning("machine", command.kind)
        case Remark():
            return Meaning(command.kind)
        case _:
            return Meaning(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(command).__name__).lower())


async def check(half: Half, understander: LocalUnderstander) -> list[Outcome]:
    """Every turn of a half."""
    outcomes = []
    for turn in understanding(half):
        guidance = guidance_of(turn)
        begun = time.perf_counter()
        found = await understander.understand(Heard(turn.text, 0.0, 0.0), guidance, FACTS)
        took_ms = (time.perf_counter() - begun) * 1_000
        meant = tuple(dict.fromkeys(meaning(c) for c in found.commands if not isinstance(c, _VALUES)))
        # A question about nothing on offer is answered with "I don't know": it was not understood.
        meant = tuple(Meaning("unclear") if m == Meaning("ask_question") else m for m in meant)
        outcomes.append(Outcome(turn, meant, took_ms))
    return outcomes


def share(outcomes: Sequence[Outcome]) -> float:
    """Of right ones, in percent."""
    return 100.0 * sum(outcome.right for outcome in outcomes) / len(outcomes) if outcomes else 0.0


def table(half: Half, outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each command, for plain and free wordings, and for all."""
    lines = [f"{half:<8}{'turns':>28}{'right %':>9}{'nothing %':>11}{'wrong %':>9}{'ms p99':>8}"]
    groups = {c.command: [o for o in outcomes if c in o.turn.commands or o.turn.commands[0].command == c.command]
              for o in outcomes for c in o.turn.commands[:1]}  # fmt: skip
    groups |= {
        "PLAIN": [o for o in outcomes if not o.turn.free and not o.none_meant],
        "FREE": [o for o in outcomes if o.turn.free and not o.none_meant],
        "ALL": list(outcomes),
    }
    for name, some in groups.items():
        nothing = 100.0 * sum(o.missed for o in some) / len(some)
        wrong = 100.0 * sum(o.wrong for o in some) / len(some)
        slow = sorted(o.ms for o in some)[max(0, round(len(some) * 0.99) - 1)]
        lines.append(f"  {name:<26}{len(some):>8}{share(some):>9.1f}{nothing:>11.1f}{wrong:>9.1f}{slow:>8.2f}")
    return lines


def shown(outcome: Outcome, *, texts: bool) -> str:
    """A failure; its words only where they may be seen."""
    text = f"{outcome.turn.text!r} " if texts else ""
    wanted = " ".join(sorted(filter(None, (f"{m.command} {m.of}".strip() for m in outcome.turn.commands))))
    found = " ".join(sorted(f"{m.command} {m.of}".strip() for m in outcome.found)) or "only values"
    return f"    {outcome.turn.id}: {text}is {wanted}, taken for {found}"


async def _run(arguments: argparse.Namespace) -> int:
    understander = LocalUnderstander(LocalSimilarity.load() if arguments.likeness else None)
    await understander.prepare()
    halves: tuple[Half, ...] = ("worked", "held") if arguments.half == "both" else (arguments.half,)
    for half in halves:
        outcomes = await check(half, understander)
        print("\n".join(table(half, outcomes)))
        wrong = [outcome for outcome in outcomes if not outcome.right]
        # What was taken for something else does more harm than what was not understood.
        wrong.sort(key=lambda outcome: (outcome.missed, outcome.turn.id))
        by_command = Counter(outcome.turn.commands[0].command for outcome in wrong)
        print("  failures: " + ", ".join(f"{name} {count}" for name, count in by_command.most_common()))
        for outcome in wrong[: arguments.failures]:
            print(shown(outcome, texts=half == "worked" or arguments.show_held))
    return 0


def main(arguments: Sequence[str]) -> int:
    """Print the tables. Exit code 0: this measures, the tests judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.check understanding", description=__doc__)
    parser.add_argument("--half", choices=("worked", "held", "both"), default="both")
    parser.add_argument("--likeness", action="store_true", help="with similarity of meaning (needs its weights)")
    parser.add_argument("--failures", type=int, default=10)
    parser.add_argument("--show-held", action="store_true")
    return asyncio.run(_run(parser.parse_args(arguments)))
