"""The systems of customers: their actions joined to the catalogue, and carried out within the fence."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Mapping

from dotenv import dotenv_values

from calls.clock import Clock
from calls.commands import Value
from calls.errors import ConfigurationError
from calls.line import IncomingCall, Line
from switchboard.settings import Settings
from workflows.backends.wishes import Wish
from workflows.customer_systems.addresses import Fence, fenced_session
from workflows.customer_systems.asking import SystemActions
from workflows.customer_systems.model import SECRET_PREFIX, Systems
from workflows.customer_systems.reading import read_systems
from workflows.language.catalogue import join


def use_systems(settings: Settings) -> Systems:
    """Read the file of systems, and let scripts use its actions from now on. Raises ConfigurationError."""
    systems = read_systems(settings.systems, Fence.of(settings.local_hosts))
    join(systems.specs)
    return systems


class AtRing:
    """What a line looks up before the first word. A number proves nothing: what is found are hints."""

    def __init__(self, systems: Systems, actions: SystemActions, clock: Clock) -> None:
        self._systems = systems
        self._actions = actions
        self._clock = clock

    def refuse_wrong(self, lines: Iterable[Line]) -> None:
        """Raises ConfigurationError for a line that looks up what cannot be looked up."""
        for line in lines:
            why = self._systems.refuse_ring(line.at_ring, line.id) if line.at_ring else ""
            if why:
                raise ConfigurationError(why)

    async def hints(self, incoming: IncomingCall, line: Line) -> Mapping[str, Value]:
        """Nothing when the number is withheld, the line asks for nothing, or the answer takes longer than 700 ms."""
        if not line.at_ring or not incoming.caller.startswith("+") or self._systems.refuse_ring(line.at_ring, line.id):
            return {}
        now = self._clock.wall()
        wish = Wish(
            f"ring/{incoming.call}", line.at_ring, line.business, incoming.call, line.timezone, now, {}, incoming.caller
        )
        return await self._actions.at_ring(line.at_ring, wish)


def secrets(environment: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """What systems may be given: variables that begin with ``SYSTEM_``, from the environment and ``.env``."""
    if environment is None:
        environment = {**{k: v or "" for k, v in dotenv_values(".env").items()}, **os.environ}
    return {name: value for name, value in environment.items() if name.startswith(SECRET_PREFIX)}


@contextlib.asynccontextmanager
async def open_systems(systems: Systems, settings: Settings) -> AsyncIterator[SystemActions]:
    """The systems, ready to be asked. Raises ConfigurationError when a secret is missing."""
    fence = Fence.of(settings.local_hosts)
    async with fenced_session(fence) as session:
        yield SystemActions(systems, session, fence, secrets())
