"""A language model by its name, without a line: for commands that ask one thing of it."""

from __future__ import annotations

import aiohttp

from agent.providers.config import ProviderConfig
from agent.providers.registry import address_variable, find, key_variable, make_thinking
from agent.thinking.model import LanguageModel
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from switchboard.settings import Settings


def model_named(name: str, settings: Settings, session: aiohttp.ClientSession) -> LanguageModel:
    """The model ``VENDOR/MODEL``. Raises ConfigurationError when there is none of that name, or its key is not set."""
    offer, variable = find("thinking", name), key_variable(name)
    if variable not in settings.keys and not offer.keyless():
        raise ConfigurationError(f"{name} wants {variable}, which is not set; set it in the environment or in .env")
    return make_thinking(
        ProviderConfig(
            name=name,
            model=name.partition("/")[2],
            voice="default",
            locale="en-US",
            base_url=settings.addresses.get(address_variable(name), ""),
            session=session,
            clock=LoopClock(),
            key=settings.keys.get(variable, ""),
        )
    )
