"""From an edit to hearing it in the next call: at most 3 s, for files and for what is published."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from telephony.twin import Caller
from telephony.twin.web import WebNetwork
from tests.wire.process import HUMAN, NUMBER, Server, environment, switchboard, twin_of
from tests.wire.process import words as words_in
from workflows.language.scripts import SHIPPED

pytestmark = pytest.mark.wire

AT_MOST_S = 3.0
LINES = f"""
lines:
  front:
    number: "{NUMBER}"
    script: opening
    business: Harbor Dental
    agent_name: Robin
    greeting: Robin, an automated assistant. Recorded.
    timezone: America/New_York
    human: {{number: "{HUMAN}", ring_seconds: 15}}
"""
SCRIPT = """script: opening
title: the opening hours
says: [the opening hours]

steps:
  hours:
    say: {words}
  person:
    hand_over: human
    say: {{text: One moment., must_say: true}}
"""
SCENARIO = """scenario: The hours are told
script: opening
steps:
  - hears: morning
"""


class Ear:
    """Places calls and notes what is heard when."""

    def __init__(self, server: Server, network: WebNetwork) -> None:
        self._twin = twin_of(server.url, network)
        self._clock = asyncio.get_running_loop().time

    async def until(self, words: str) -> float:
        """Call, and listen until ``words`` have begun to sound; when that was (s of the loop's clock)."""
        heard_at: list[float] = []
        told = ""

        async def listens(phone: Caller) -> None:
            nonlocal told
            while words not in told:
                await phone.waits(0.02)
                told = await words_in(phone._phone.tape.read("agent", 0, round(phone.now_s * 8_000)))
                if not heard_at and words.split()[0] in told.split():
                    heard_at.append(self._clock())
            await phone.hangs_up()

        await self._twin.place_call(to=NUMBER, from_="+12125550142", script=listens)
        assert heard_at and words in told, f"not heard: {words!r}; but: {told}"
        return heard_at[0]


async def _measured(folder: Path, stores: dict[str, str], change: Callable[[Server, str], Awaitable[None]]) -> float:
    """Seconds from an edit being saved (or published) to its words at the caller's ear."""
    var, own = folder / "var", folder / "scripts"
    own.mkdir()
    (folder / "var.lines.yaml").write_text(LINES)
    (own / "opening.yaml").write_text(SCRIPT.format(words="From nine in the morning."))
    server = Server(var, more={**stores, "SWITCHBOARD_SCRIPTS": str(own)})
    async with server, WebNetwork() as network:
        ear = Ear(server, network)
        await ear.until("From nine in the morning.")
        await change(server, "Weekdays until noon in the morning.")
        saved = asyncio.get_running_loop().time()
        heard = await ear.until("Weekdays until noon in the morning.")
        assert not any("Traceback" in line for line in server.log), server.story
        return heard - saved


def test_an_edited_line_is_heard_in_the_next_call(folder: Path, stores: dict[str, str]) -> None:
    async def edit(_server: Server, words: str) -> None:
        (folder / "scripts" / "opening.yaml").write_text(SCRIPT.format(words=words))

    took_s = asyncio.run(_measured(folder, stores, edit))
    print(f"\nedit to ear (file): {took_s:.2f} s")
    assert took_s <= AT_MOST_S


def test_a_published_line_is_heard_in_the_next_call(folder: Path, stores: dict[str, str]) -> None:
    async def publish(server: Server, words: str) -> None:
        env = environment(server.var, server.port, **server.more)
        draft, scenarios = folder / "draft.yaml", folder / "hours.yaml"
        draft.write_text(SCRIPT.format(words=words))
        scenarios.write_text(SCENARIO)
        told = await switchboard(
            "workflow", "publish", str(draft), "--scenario", str(scenarios), "--author", "ana", "--reason", "shorter",
            env=env, folder=folder,
        )  # fmt: skip
        assert told.code == 0, told

    took_s = asyncio.run(_measured(folder, stores, publish))
    print(f"\npublished to ear: {took_s:.2f} s")
    assert took_s <= AT_MOST_S


def test_versions_are_drafted_listed_split_and_taken_back_on_the_command_line(
    folder: Path, stores: dict[str, str]
) -> None:
    env = environment(folder / "var", 0, **stores)

    async def run(*arguments: str, code: int = 0) -> str:
        done = await switchboard("workflow", *arguments, env=env, folder=folder)
        assert done.code == code, done
        return done.out + done.err

    async def main() -> None:
        (folder / "book.yaml").write_text((SHIPPED / "book.yaml").read_text() + "\n# mine\n")
        who = ("--author", "ana", "--reason", "to see")
        assert "is a draft" in await run("draft", str(folder / "book.yaml"), *who)
        assert "Traceback" not in await run("draft", str(folder / "nowhere.yaml"), *who, code=2)
        assert "never published" in await run("rollback", "book", *who, code=2)
        told = await run("versions", "book")
        assert "ana" in told and "to see" in told
        assert "no versions" in await run("versions", "nothing", code=1)
        (folder / "bad.yaml").write_text(SCRIPT.format(words="From {nine}."))
        assert "bad.yaml:7" in await run("publish", str(folder / "bad.yaml"), *who, code=2)
        (folder / "lonely.yaml").write_text(SCRIPT.format(words="From nine."))
        assert "has no scenario" in await run("publish", str(folder / "lonely.yaml"), *who, code=1)

    asyncio.run(main())
