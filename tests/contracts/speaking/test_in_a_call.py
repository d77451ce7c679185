"""A vendor's voice where it works: behind the cascade's session and the call's mouth, cut by a barge-in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import pytest

from agent.cascade import CascadeEngine
from agent.hearing.energy import EnergyDetector
from agent.hearing.local import LocalHearing
from agent.providers.config import ProviderConfig
from agent.scripted import ScriptedRecognizer, scripted_words
from agent.understanding.local import LocalUnderstander
from calls.clock import LoopClock
from calls.mouth import Mouth
from calls.ports import WordTime
from calls.signals import Signal, Voiced
from calls.speech import Clause, SpeechStyle
from switchboard.loopback.speaking import KEY, Delays
from tests.contracts.speaking.cases import LIMITS, LINE, VENDORS, Kind, named

LONG = "This is quite a long sentence which nobody is going to hear to its very end today"


class Ledger:
    """A play-out that remembers."""

    def __init__(self) -> None:
        self.fed: dict[str, bytes] = {}
        self.finished: list[str] = []
        self.changed = asyncio.Event()

    def begin(self, clause: Clause) -> None:
        self.fed[clause.id] = b""

    def feed(self, clause: str, mulaw: bytes, words: Sequence[WordTime] = ()) -> None:
        self.fed[clause] += mulaw
        self.changed.set()

    def finish(self, clause: str) -> None:
        self.finished.append(clause)
        self.changed.set()

    async def until(self, clause: str, *, finished: bool) -> None:
        async with asyncio.timeout(3):
            while clause not in (self.finished if finished else self.fed):
                self.changed.clear()
                await self.changed.wait()


@pytest.mark.parametrize("kind", VENDORS, ids=named)
def test_a_barge_in_stops_the_vendor_and_the_next_reply_is_clean(kind: Kind) -> None:
    async def scene() -> None:
        assert kind.server is not None
        assert kind.make is not None
        async with kind.server(Delays(10, 20, 200)) as server, aiohttp.ClientSession() as http:
            config = ProviderConfig(kind.name, kind.model, "default", "en-US", server.url, http, LoopClock(), KEY)
            engine = CascadeEngine(
                LocalHearing(ScriptedRecognizer(), EnergyDetector, name="scripted"),
                kind.make(config, LIMITS),
                LocalUnderstander(),
            )
            session, ledger, signals = engine.open(LINE, 0.0), Ledger(), list[Signal]()
            mouth = Mouth(session, ledger, LoopClock(), signals.append)  # type: ignore[arg-type]  # what a mouth uses
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(session.run(signals.append)), group.create_task(mouth.run())]
                mouth.say(Clause("r1.1", LONG, style=SpeechStyle(emotion="warm")))
                await ledger.until("r1.1", finished=False)
                mouth.cut()
                heard = ledger.fed["r1.1"]
                for n, text in enumerate(("Yes of course", "at nine then"), 1):
                    mouth.say(Clause(f"r2.{n}", text))
                await ledger.until("r2.2", finished=True)
                assert ledger.fed["r1.1"] == heard, "nothing came after the cut"
                assert LONG.startswith(scripted_words(heard))
                assert [scripted_words(ledger.fed[f"r2.{n}"]) for n in (1, 2)] == ["Yes of course", "at nine then"]
                assert "r1.1" not in ledger.finished
                for task in tasks:
                    task.cancel()
            voiced = [signal for signal in signals if isinstance(signal, Voiced)]
            feels = kind.name.startswith("elevenlabs")
            assert voiced[0].dropped_style == (() if feels else ("emotion:warm",))
            assert all(len(mulaw) % 160 == 0 for mulaw in ledger.fed.values())
            assert server.log.violations == []

    asyncio.run(scene())
