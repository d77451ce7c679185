"""A vendor's hearing behind our port: what all of its calls share."""

from __future__ import annotations

from collections.abc import Callable

from agent.hearing.stream.session import StreamedSession
from agent.hearing.stream.socket import Dial, dial_through
from agent.hearing.stream.warm import WarmSockets
from agent.hearing.stream.wire import Wire
from agent.ports import CallContext, HearingTraits
from agent.providers.config import ProviderConfig
from calls.line import Line


class StreamedHearing:
    """Implements ``Hearing``. ``wire`` makes one call's side of the vendor's protocol; ``dial`` opens its sockets."""

    def __init__(
        self,
        config: ProviderConfig,
        traits: HearingTraits,
        wire: Callable[[Line], Wire],
        dial: Dial | None = None,
    ) -> None:
        self._traits = traits
        self._wire = wire
        self._dial = dial or dial_through(config.session)
        self.waiting = WarmSockets(self._dial)
        """sockets opened for calls which are about to come in"""

    @property
    def traits(self) -> HearingTraits:
        """What it is and can do."""
        return self._traits

    async def warm(self, line: Line) -> None:
        """Open a socket for the next call on ``line``; never raises. Unused, it is dropped after eight seconds."""
        await self.waiting.warm(self._wire(line).handshake())

    def open(self, context: CallContext) -> StreamedSession:
        """A call's session; connects when it is run."""
        return StreamedSession(self._traits.id, self._wire(context.line), self._dial, self.waiting, context)
