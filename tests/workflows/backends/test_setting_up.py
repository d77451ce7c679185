"""Setting a business up, and what an operator sees of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from calls.errors import ConfigurationError
from switchboard.cli import main, parser
from tests.workflows.backends.world import BOOK, NOW, World, opening_on
from tests.workflows.dialogue import FACTS, TODAY
from workflows.backends.agenda import Service
from workflows.backends.closures import add_closures, drop_closure, replace_closures
from workflows.backends.hours import Closure, HoursRow
from workflows.backends.looking import answers_due, bookings_on, closures_after, open_questions, services_of
from workflows.backends.practice import BARE, DEMO, Place, Practice, Room
from workflows.backends.seed import seed
from workflows.backends.setting_up import (
    hours_of,
    offer_everywhere,
    save_place,
    save_resource,
    save_service,
    set_hours,
    spans_of,
    weekdays_of,
)

HOUSE = FACTS.business
CHRISTMAS = Closure(datetime(2026, 12, 25), datetime(2026, 12, 26), reason="Christmas")


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon", [0]), ("mon-fri", [0, 1, 2, 3, 4]), ("sat,sun", [5, 6]), ("Fri-Mon", [0, 4, 5, 6]), ("tue,tue", [1])],
)
def test_weekdays(text: str, days: list[int]) -> None:
    assert weekdays_of(text) == days


def test_spans() -> None:
    assert spans_of("13:00-18:00, 09:00-12:00") == [(time(9), time(12)), (time(13), time(18))]
    assert spans_of("18:00-02:00") == [(time(18), time(2))]
    assert spans_of("18:00-02:00,12:00-14:00") == [(time(12), time(14)), (time(18), time(2))]
    assert spans_of("closed") == []


@pytest.mark.parametrize("text", ["monday", "", "1-5", "mon,"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no weekday"):
        weekdays_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "9-5", "09:00", "09:00-12:00,11:00-13:00", "25:00-26:00", "", "18:00-02:00,20:00-23:00",
        "18:00-02:00,22:00-03:00", "18:00-02:00,19:00-19:30",
    ],
)  # fmt: skip
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        spans_of(text)


def inside(url: str, practice: Practice, story: Callable[[World, AsyncConnection], Awaitable[None]]) -> None:
    async def told() -> None:
        async with opening_on(url)(practice) as world:
            assert world.engine is not None
            async with world.engine.begin() as connection:
                await story(world, connection)

    asyncio.run(told())


def test_what_is_set_up_can_be_booked(fresh_database: str) -> None:
    async def main() -> None:
        async with opening_on(fresh_database)(BARE) as world:
            assert world.engine is not None
            async with world.engine.begin() as connection:
                await save_place(connection, HOUSE, Place("uptown", "Uptown"))
                await save_service(connection, HOUSE, Service("cut", 45, after=15, every=15), "Haircut")
                assert await offer_everywhere(connection, HOUSE, "cut") == 2
                await save_resource(connection, HOUSE, Room("chair", "uptown", 2, ("cut",)), "Chair")
                await set_hours(connection, HOUSE, [1], [(time(20), time(22))], "uptown")
                await save_service(connection, HOUSE, Service("cut", 60, after=15, every=15), "Long haircut")
                assert ("cut", "Long haircut", 60) in await services_of(connection, HOUSE)
            assert await world.times(service="cut", place="uptown") == ["20:00", "20:15", "20:30", "20:45", "21:00"]
            assert (await world.ask("book", **{**BOOK, "service": "cut", "time": "20:15"})).receipt
            async with world.engine.begin() as connection:
                with pytest.raises(ConfigurationError, match="no service 'dye'"):
                    await save_resource(connection, HOUSE, Room("chair", "uptown", 2, ("dye",)), "Chair")
                with pytest.raises(ConfigurationError, match="no place 'moon'"):
                    await save_resource(connection, HOUSE, Room("chair", "moon"), "Chair")
                shown = await bookings_on(connection, HOUSE, date(2026, 3, 17), 1, FACTS.timezone, NOW)
                assert [(one.service, one.resource) for one in shown] == [("cut", "chair")]

    asyncio.run(main())


def test_hours_that_were_taken_out_stay_out_after_a_restart(fresh_database: str) -> None:
    async def story(world: World, connection: AsyncConnection) -> None:
        await set_hours(connection, HOUSE, [5], [])

    inside(fresh_database, BARE, story)

    async def again(world: World, connection: AsyncConnection) -> None:
        assert HoursRow("", "", 5, time(9), time(18)) not in await hours_of(connection, HOUSE)

    inside(fresh_database, BARE, again)


def test_a_real_line_is_never_given_anybodys_records(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        await seed(engine, HOUSE, TODAY)
        async with engine.connect() as connection:
            for table in ("orders", "customers", "balances", "knowledge"):
                found = await connection.exec_driver_sql(f"select count(*) from {table}")
                assert found.scalar_one() == 0, table
        await engine.dispose()

    asyncio.run(main())


def test_an_import_replaces_what_its_source_said_before(fresh_database: str) -> None:
    async def story(world: World, connection: AsyncConnection) -> None:
        await add_closures(connection, HOUSE, "by hand", [CHRISTMAS])
        other = Closure(datetime(2026, 7, 3), datetime(2026, 7, 4))
        assert await replace_closures(connection, HOUSE, "days.ics", [CHRISTMAS, other]) == (0, 2)
        assert await replace_closures(connection, HOUSE, "days.ics", [other]) == (2, 1)
        shown = await closures_after(connection, HOUSE, date(2026, 7, 4))
        assert [(one.reason, source) for _, one, source in shown] == [("Christmas", "by hand")]
        assert await drop_closure(connection, HOUSE, shown[0][0])
        assert not await drop_closure(connection, HOUSE, shown[0][0])

    inside(fresh_database, BARE, story)


def test_questions_nobody_could_answer_are_listed_by_how_often(fresh_database: str) -> None:
    async def main() -> None:
        async with opening_on(fresh_database)(DEMO) as world:
            for asked in ("Do you take dogs?", "do you take dogs", "Do you do teeth whitening?", ""):
                assert (await world.ask("find_answer", question=asked)).refusal == "no_answer"
            await world.ask("find_answer", question="Is there parking?")
            assert world.engine is not None
            async with world.engine.connect() as connection:
                listed = await open_questions(connection, HOUSE)
                due = await answers_due(connection, HOUSE, TODAY + timedelta(days=1))
        assert [(one.question, one.times, one.nearest) for one in listed] == [
            ("do you take dogs", 2, ""),
            ("do you do teeth whitening", 1, "whitening"),
        ]
        assert [(one.id, one.owner) for one in due] == [("whitening", "front desk")]

    asyncio.run(main())


@pytest.mark.parametrize("verb", ["show", "import", "hours", "holiday", "service", "resource", "place", "questions"])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args(["calendar", verb, "--help"])
    assert left.value.code == 0
    assert "line" in capsys.readouterr().out


def test_the_commands_on_a_real_database(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere")
    told = ["service", "booking", "cut", "--name", "Haircut", "--minutes", "45"]
    assert main(["calendar", *told]) == 0
    assert main(["calendar", "resource", "booking", "chair", "--name", "Anna"]) == 0
    assert main(["calendar", "hours", "booking", "mon-sun", "10:00-11:00"]) == 0
    yule = ["--add", "2030-12-24", "--to", "2030-12-26", "--reason", "Yule"]
    assert main(["calendar", "holiday", "booking", *yule]) == 0
    assert main(["calendar", "show", "booking", "--day", "2030-12-23", "--days", "2"]) == 0
    shown = capsys.readouterr().out
    assert "2030-12-24 00:00 to 2030-12-27 00:00  Yule (by hand)" in shown
    assert "free for cut: 10:00" in shown.split("Tuesday 24 December")[0]
    assert "free for cut: nothing" in shown.split("Tuesday 24 December")[1]
    assert main(["calendar", "service", "booking", "yoga", "--name", "Yoga", "--minutes", "60", "--capacity", "8"]) == 0
    warned = capsys.readouterr().err
    assert "warning: yoga is for 8, but chair has 1 seat, so 1 can book it at one time" in warned
    assert "switchboard calendar resource booking chair --capacity 8" in warned
    assert main(["calendar", "resource", "booking", "chair", "--name", "Anna", "--capacity", "2"]) == 0
    assert "but chair has 2 seats" in capsys.readouterr().err
    assert main(["calendar", "resource", "booking", "chair", "--name", "Anna", "--capacity", "8"]) == 0
    assert not capsys.readouterr().err
    assert main(["calendar", "service", "booking", "hair cut", "--name", "x", "--minutes", "30"]) == 2
    assert "'hair cut' cannot be the id of a service" in capsys.readouterr().err
    assert main(["calendar", "service", "booking", "cut", "--name", "x", "--minutes", "0"]) == 2
    assert "--minutes 0" in capsys.readouterr().err
    assert main(["calendar", "show", "nowhere"]) == 2

