"""What we connect to on somebody else's word: nothing inside, whatever a name resolves to, now or later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import pytest

from tests.workflows.jobs.office import receiving
from workflows.customer_systems.addresses import Fence, Forbidden, PinnedResolver, fenced_session, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a00:1::", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1946", "64:ff9b::808:808"])
def test_addresses_outside_are(address: str) -> None:
    assert is_public(address)


NOTHING = Fence()


def resolved(addresses: Sequence[str], fence: Fence = NOTHING) -> list[str]:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return addresses

    found = asyncio.run(PinnedResolver(fence, lookup).resolve("api.example.com", 443))
    assert {one["hostname"] for one in found} == {"api.example.com"}
    return [one["host"] for one in found]


def test_a_name_is_pinned_to_the_addresses_that_were_checked() -> None:
    assert resolved(["93.184.216.34", "2606:2800:220:1::1"]) == ["93.184.216.34", "2606:2800:220:1::1"]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], []])
def test_one_address_inside_is_enough_to_refuse_the_name(addresses: list[str]) -> None:
    with pytest.raises(OSError, match=r"api\.example\.com"):
        resolved(addresses)


def test_a_listed_host_may_be_inside() -> None:
    assert resolved(["10.0.0.1"], Fence.of("crm.internal, API.example.com")) == ["10.0.0.1"]


def test_a_name_that_turns_inward_reaches_nothing() -> None:
    """DNS rebinding: the first answer is public, the next one is the machine itself."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    async def lookup(host: str, port: int) -> Sequence[str]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def story() -> None:
        async with receiving() as receiver:
            port = receiver.url.rpartition(":")[2]
            fence = Fence(frozenset({"listed.example"}))
            assert [one["host"] for one in await PinnedResolver(fence, lookup).resolve("evil.example")] == [
                "93.184.216.34"
            ]
            async with fenced_session(fence, lookup) as session:
                with pytest.raises(aiohttp.ClientConnectorError):
                    await session.get(f"http://evil.example:{port}/")
            assert receiver.got == []

    asyncio.run(story())


def test_the_connection_goes_to_the_address_and_the_name_stays_in_the_request() -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def story() -> None:
        async with receiving() as receiver:
            port = receiver.url.rpartition(":")[2]
            async with (
                fenced_session(Fence.of("crm.internal"), lookup) as session,
                session.get(f"http://crm.internal:{port}/x") as response,
            ):
                assert response.status == 200
            assert receiver.got[0][0]["Host"] == f"crm.internal:{port}"

    asyncio.run(story())


def test_hosts_are_listed_as_they_are_written_and_nothing_beside_them() -> None:
    fence = Fence.of("crm.internal")
    assert fence.check("http://crm.internal:8080/v1/").host == "crm.internal"
    for url in ("http://x.crm.internal/", "http://crm.internal.example.com/", "http://127.0.0.1/"):
        with pytest.raises(Forbidden):
            fence.check(url)
