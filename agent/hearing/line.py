"""What a telephone line does to hearing: the agent's own echo is kept out, and machines are known by their tones."""

from __future__ import annotations

from agent.hearing.around import AroundHearing
from agent.hearing.echo import EchoGate
from agent.hearing.machines import Machines
from agent.ports import CallContext, HearingSession
from calls.audio import AudioFrame
from calls.guidance import Guidance
from calls.ports import Emit
from calls.signals import MachineHeard


class LineHearing(AroundHearing):
    """Implements ``Hearing`` over another one, whoever's: that one is given frames without echo."""

    def open(self, context: CallContext) -> LineHearingSession:
        """A session; loads nothing."""
        return LineHearingSession(self._hearing.open(context), context.emit)


class LineHearingSession:
    """Implements ``HearingSession``. Grammar: ``hear``, ``played`` and ``expect`` at any time; run() once."""

    def __init__(self, session: HearingSession, emit: Emit) -> None:
        self._session = session
        self._emit = emit
        self._echo = EchoGate()
        self._machines: Machines | None = Machines()
        """None once one was heard"""

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset in ms since answer. Never waits."""
        if not frame.telephone:
            self._session.hear(frame)
            return
        if self._machines is not None and (machine := self._machines.hear(frame.offset_ms, frame.samples)) is not None:
            self._machines = None
            self._emit(MachineHeard(machine.kind, machine.tone, machine.from_ms))
        self._session.hear(self._echo.pass_on(frame))

    def played(self, offset_ms: float, mulaw: bytes) -> None:
        """What sounds at the caller, ms since answer; see ``calls.ports.PlayOut.reference_to``."""
        self._echo.played(offset_ms, mulaw)

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next."""
        self._session.expect(guidance)

    async def run(self, emit: Emit) -> None:
        """The session's own. Raises EngineError when hearing cannot go on."""
        await self._session.run(emit)
