"""How many turns need no model: simulated callers on the shipped scripts, and what the fast path says of each turn.

    python -m tests.agent.thinking.share --calls 200 --entry book

What it takes is what the grammar decided in that very call, so that the calls it settles end as they do without a
model; the rest would have been asked.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter

from agent.ports import Meaning
from agent.thinking.certain import is_certain
from agent.understanding.local import LocalUnderstander
from calls.guidance import Guidance
from calls.run import CallFacts
from calls.speech import Heard
from switchboard.commands.workflow.simulate import server
from switchboard.simulation import run as simulation
from switchboard.simulation.calendar_store import own_databases
from workflows.language import shipped_scripts


class Watched(LocalUnderstander):
    """Counts which turns the fast path would take."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: Counter[str] = Counter()
        self.asked: list[tuple[str, str, str]] = []
        """step, words, commands of turns a model would be asked about"""

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        found = await super().understand(heard, guidance, facts)
        certain = is_certain(found, heard, guidance)
        self.turns["fast" if certain else "model"] += 1
        if not certain:
            names = ", ".join(type(command).__name__ for command in found.commands)
            self.asked.append((guidance.step, heard.text, names))
        return found


async def main(arguments: argparse.Namespace) -> None:
    """Print the share, and with --show the turns that would be asked about."""
    watched = Watched()

    async def understander_of(plan: simulation.Plan) -> LocalUnderstander:
        return watched

    simulation.understander_of = understander_of
    plan = simulation.Plan(shipped_scripts(), entry=arguments.entry)
    async with server("embedded") as url:
        with own_databases(url, ["switchboard_share"]) as databases:
            shard = await simulation.play_seeds(plan, databases[0], range(1, arguments.calls + 1))
    turns = watched.turns.total()
    right = sum(played.judgement.result == "right" for played in shard.played)
    print(f"{arguments.calls} calls, {right} right, {turns} turns")
    print(f"fast path {watched.turns['fast'] / max(turns, 1):.1%}, asked of a model {watched.turns['model']}")
    for step, words, names in watched.asked if arguments.show else ():
        print(f"  {step:20} {names:30} {words}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--entry", default="book")
    parser.add_argument("--show", action="store_true")
    asyncio.run(main(parser.parse_args()))
