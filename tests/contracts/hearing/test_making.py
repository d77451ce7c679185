"""Every hearing provider is made through its entry point, and is what it says."""

from __future__ import annotations

import aiohttp
import pytest

from agent.providers.config import ProviderConfig
from agent.providers.registry import make_hearing
from calls.virtual_time import run_virtual
from tests.contracts.hearing.stand import CLOCK, VENDORS


@pytest.mark.parametrize(("kind", "turns"), list(zip(VENDORS, ("vendor", "ours", "ours"), strict=True)))
def test_made_by_name(kind: str, turns: str) -> None:
    async def scene() -> None:
        async with aiohttp.ClientSession() as session:
            config = ProviderConfig(kind, kind.partition("/")[2], "default", "en-US", "", session, CLOCK, "k")
            hearing = make_hearing(config)
            assert (hearing.traits.id, hearing.traits.turns, hearing.traits.eager) == (kind, turns, True)
            assert "'k'" not in repr(config)

    run_virtual(scene())
