"""A text given up before the session runs leaves no connection behind."""

from __future__ import annotations

import asyncio

from agent.hearing.stream.socket import Closed, Handshake, VendorSocket
from agent.hearing.stream.warm import WarmSockets
from agent.ports import VoiceTraits
from agent.speaking.socket_voice import SocketSession
from agent.speaking.wire import SocketVendor
from agent.style.render.rendering import Rendering
from calls.clock import LoopClock
from calls.speech import NEUTRAL
from calls.virtual_time import run_virtual


class Socket:
    open = 0

    async def send(self, message: str | bytes) -> None:
        return

    async def receive(self) -> str | bytes | Closed:
        await asyncio.Event().wait()
        return Closed()

    async def close(self) -> None:
        Socket.open -= 1

    def abort(self) -> None:
        Socket.open -= 1


async def dial(handshake: Handshake) -> VendorSocket:
    Socket.open += 1
    return Socket()


def test_a_text_given_up_before_the_session_runs_leaves_no_connection() -> None:
    vendor = SocketVendor(
        "a/one", VoiceTraits("a/one"), lambda text, style: Rendering(text), lambda fixed: Handshake("ws://x"),
        lambda fixed: None,  # type: ignore[arg-type,return-value]  # nothing is ever said
    )  # fmt: skip

    async def main() -> None:
        session = SocketSession(vendor, dial, WarmSockets(dial), LoopClock(), lambda _: None)
        pieces = session.speak("Hello.", NEUTRAL)
        waiting = asyncio.get_running_loop().create_task(anext(pieces))  # type: ignore[arg-type]
        await LoopClock().sleep_ms(50)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert Socket.open == 0

    run_virtual(main())
