"""`switchboard calendar` as somebody types it: slips are told, and nothing is undone that was set before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from calls.errors import ConfigurationError
from switchboard.cli import main as switchboard
from tests.workflows.dialogue import FACTS
from workflows.backends.agenda import Service
from workflows.backends.hours import HoursRow, hours_for
from workflows.backends.practice import Place, Room
from workflows.backends.setting_up import (
    offer_everywhere,
    place_and_zone,
    save_place,
    save_resource,
    save_service,
    set_hours,
)
from workflows.backends.tables import resource_services

Capture = pytest.CaptureFixture[str]

HOUSE = FACTS.business
NINE_TO_FIVE = [(time(9), time(17))]


def told(url: str, story: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    async def main() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            for name in ("cut", "color"):
                await save_service(connection, HOUSE, Service(name, 45), name)
            await save_place(connection, HOUSE, Place("uptown", "Uptown", "America/Los_Angeles"))
            await save_resource(connection, HOUSE, Room("anna", "uptown", 1, ("cut",)), "Anna")
            await save_resource(connection, HOUSE, Room("ben"), "Ben")
            await story(connection)
        await engine.dispose()

    asyncio.run(main())


async def offered(connection: AsyncConnection, resource: str) -> set[str]:
    mine = select(resource_services.c.service).where(resource_services.c.resource == resource)
    return set((await connection.execute(mine)).scalars())


def test_a_change_of_services_leaves_the_list_of_a_resource_alone(fresh_database: str) -> None:
    async def story(connection: AsyncConnection) -> None:
        await save_service(connection, HOUSE, Service("color", 90), "Color")
        assert await offer_everywhere(connection, HOUSE, "color") == 1
        assert await offered(connection, "anna") == {"cut"}
        await save_service(connection, HOUSE, Service("perm", 60), "Perm")
        assert await offer_everywhere(connection, HOUSE, "perm") == 1
        assert (await offered(connection, "anna"), await offered(connection, "ben")) == (
            {"cut"}, {"cut", "color", "perm"},
        )  # fmt: skip

    told(fresh_database, story)


@pytest.mark.parametrize(("place", "resource"), [("nowhere", ""), ("", "nobody"), ("uptown", "nobody")])
def test_hours_and_closures_are_somebodys(fresh_database: str, place: str, resource: str) -> None:
    async def story(connection: AsyncConnection) -> None:
        with pytest.raises(ConfigurationError, match=r"there is no (place|resource) '(nowhere|nobody)'.*there are"):
            await place_and_zone(connection, HOUSE, place, resource)

    told(fresh_database, story)


@pytest.mark.parametrize(
    ("place", "resource", "zone"),
    [("uptown", "", "America/Los_Angeles"), ("", "anna", "America/Los_Angeles"), ("", "ben", ""), ("", "", "")],
)
def test_closures_are_told_by_the_clocks_of_whom_they_concern(
    fresh_database: str, place: str, resource: str, zone: str
) -> None:
    async def story(connection: AsyncConnection) -> None:
        assert await place_and_zone(connection, HOUSE, place, resource) == zone

    told(fresh_database, story)


def test_a_free_day_of_somebody_without_hours_of_their_own_is_not_lost(fresh_database: str) -> None:
    async def story(connection: AsyncConnection) -> None:
        await set_hours(connection, HOUSE, [0, 1], NINE_TO_FIVE)
        with pytest.raises(ConfigurationError, match="no hours of its own"):
            await set_hours(connection, HOUSE, [1], [], resource="ben")
        await set_hours(connection, HOUSE, [0, 1], NINE_TO_FIVE, resource="ben")
        await set_hours(connection, HOUSE, [1], [], resource="ben")

    told(fresh_database, story)


@pytest.mark.parametrize("verb", [["lint", "nix.yaml"], ["fmt", "nix.yaml"], ["schema", "-o", "nix/schema.json"]])
def test_a_file_that_is_not_there_is_told_without_a_number(verb: list[str], capsys: Capture) -> None:
    assert switchboard(["workflow", *verb]) == 2
    told = capsys.readouterr().err
    assert f"{verb[-1]}: no such file" in told
    assert "Errno" not in told


def test_hours_of_a_place_are_not_those_of_the_business() -> None:
    rows = [HoursRow("", "", 0, time(9), time(17)), HoursRow("uptown", "", 6, time(10), time(12))]
    assert hours_for(rows, "", "") == {0: [(time(9), time(17))]}
    assert hours_for(rows, "uptown", "anna") == {6: [(time(10), time(12))]}
