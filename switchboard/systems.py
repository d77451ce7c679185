"""The systems of customers: their actions joined to the catalogue, and carried out within the fence."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping

from dotenv import dotenv_values

from switchboard.settings import Settings
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
