"""Forty-five minutes and three hundred turns on one line: what was told in minute two still holds, nothing swells.

The model takes its time by the length of what it reads, as a vendor's does, so that a prompt that grew would be heard.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

from agent.ports import CallContext
from agent.scripted import scripted_engine
from agent.thinking.model import ModelEvent, ModelRequest
from agent.thinking.scripted import ScriptedModel, Written
from calls import events as ev
from calls.clock import LoopClock, stopwatch_ms
from switchboard.scripts import FixedScripts
from telephony.twin import Caller
from tests.corpora.spoken.checking import percentile
from tests.counts import count
from tests.scenes.stage import LINES, SCRIPTS, TWIN, House, Played, asked, run_scene
from tests.scenes.test_composed import ANSWERS, LINE, Answer, words_of, writes
from workflows.language.loader import read_script
from workflows.language.scripts import SHIPPED, Script, ScriptSet

TURNS = count(full=300, quick=30)
MINUTES = TURNS * 45 / 300
READS_MS = 50.0
"""the model's time for a thousand characters"""
SLOTS = (("who", "person_name", "my name"), ("day", "date", "my day"), ("guests", "party_size", "my guests"))
TOLD = {12: ("who", "my name is Anna Miller", "Anna Miller", "Anna Miller"),
        13: ("day", "my day is the nineteenth of March", "2026-03-19", "the nineteenth of March"),
        14: ("guests", "my guests are seven people", "7", "seven people")}  # fmt: skip
"""turn of minute two -> slot, words, value, its words"""


class Reading(ScriptedModel):
    """Its first token comes the later, the more it has to read."""

    began: list[float]
    """real time at each question, ms"""

    async def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        self.began.append(stopwatch_ms())
        self._first_ms = 150.0 + READS_MS * size_of(request) / 1_000
        async for event in super().stream(request, context):
            yield event


def size_of(request: ModelRequest) -> int:
    """Characters."""
    return sum(len(p.text) for p in request.instructions) + sum(len(m.text) for m in request.messages)


def script() -> Script:
    """The shipped line of answers, with three things it takes down beside."""
    text = (SHIPPED / "answers.yaml").read_text(encoding="utf-8")
    slots = "".join(f"  {s}:\n    kind: {k}\n    names: [{n}]\n    confirm: never\n" for s, k, n in SLOTS)
    exits = "".join(f"      {s}: {{says: [{n} first], then: {s}}}\n" for s, _, n in SLOTS)
    text = text.replace("slots:\n", f"slots:\n{slots}", 1).replace("    exits:\n", f"    exits:\n{exits}", 1)
    steps = "".join(f"\n  {s}_step:\n    collect: {s}\n    ask: And {n}?\n    then: talk\n" for s, _, n in SLOTS)
    return read_script(re.sub(r"then: (who|day|guests)\}", r"then: \1_step}", text) + steps, "answers.yaml")


def known(request: ModelRequest, name: str) -> str:
    """What the prompt says of a slot, by what people call it."""
    told = "\n".join(passage.text for passage in request.instructions)
    found = re.search(rf"^- {name}: (.+)$", told, re.MULTILINE)
    return found[1] if found else ""


def answer(request: ModelRequest) -> Written:
    """Takes down what is told; asked for it, says what stands in its prompt; chats otherwise."""
    words = words_of(request)

    def answers(said: str) -> Answer:
        for slot, told, value, own in TOLD.values():
            if said == told:
                return [{"do": "tell", "slot": slot, "value": value, "words": own}], "Good to know."
        if "remember" in said:
            who, day, guests = (known(request, name) for _, _, name in SLOTS)
            return [], f"You are {who}, coming on {day} with {guests} guests."
        return [], "We know nothing about that here, and we are sorry for it."

    return writes(answers)(request) if words else Written("{}")


async def caller(phone: Caller) -> None:
    await asked(phone, "What would you like to know")
    for turn in range(1, TURNS + 1):
        last = turn == TURNS
        words = TOLD[turn][1] if turn in TOLD else f"and what about thing number {turn % 7} then"
        await phone.says("what do you remember about me then" if last else words)
        await asked(phone, "Anna Miller" if last else "")
        await phone.waits(0.0 if last else pause_s(phone, turn))
    await phone.hangs_up()


def pause_s(phone: Caller, turn: int) -> float:
    """Until the next turn is due: they are spread over the whole time."""
    return max(0.3, turn * MINUTES * 60 / TURNS - phone.now_s)


def scene(model: ScriptedModel) -> Played:
    def prepare(house: House) -> None:
        house.host.real._scripts = FixedScripts(ScriptSet.of({**SCRIPTS.scripts, "answers": script()}.values()))

    return run_scene(
        caller, to=ANSWERS, engine=scripted_engine(model=model), lines=LINES + LINE, prepare=prepare,
        config=replace(TWIN, limit_ms=7_200_000),
    )  # fmt: skip


def test_a_long_call_forgets_nothing_and_grows_no_slower() -> None:
    model = Reading(answer, LoopClock(), 200.0, 80.0)
    model.began = []
    played = scene(model)
    sizes = [size_of(request) for request in model.asked]
    turns = [(turn.start_ms, turn.response_ms) for turn in played.result.turns if turn.response_ms is not None]
    end_ms = turns[-1][0]
    early = [ms for at, ms in turns if at <= 90_000]
    late = [ms for at, ms in turns if at > end_ms - 180_000]
    first, last = percentile(early, 0.95), percentile(late, 0.95)
    works = [after - before for before, after in pairwise(model.began)]
    work = median(works[:10]), median(works[-10:])
    print(
        f"{len(turns)} turns in {end_ms / 60_000:.1f} min; prompt {sizes[0]} characters at first, {max(sizes)} at most "
        f"(about {max(sizes) // 4} tokens); response p95 {first:.0f} ms in minute 1, {last:.0f} ms at the end, "
        f"{last / first:.2f} x; "
        f"real time for a turn of this scene, median: the first ten {work[0]:.0f} ms, the last ten {work[1]:.0f} ms"
    )
    assert len(played.all(ev.CommandsUnderstood)) == TURNS and end_ms > MINUTES * 54_000
    final = [said.text for said in played.result.agent][-2:]
    assert "Anna Miller" in " ".join(final) and "nineteenth" in " ".join(final) and "seven" in " ".join(final)
    assert max(sizes) <= sizes[0] + 5_000
    assert last <= 1.2 * first
