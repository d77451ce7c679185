"""Holds, groups, seats, buffers, places and closures, on both back ends."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from tests.workflows.backends.world import BOOK, NAMED, SLOT, TUESDAY, Opening, World, play
from workflows.backends.agenda import Service
from workflows.backends.hours import Closure, HoursRow
from workflows.backends.practice import Place, Room

ONE_ROOM = {"resources": (("room_1", "Room 1"),)}


def test_a_hold_keeps_others_away_and_lets_its_own_call_book(opening: Opening) -> None:
    async def story(world: World) -> None:
        held = await world.ask("hold_time", call="CA1", **SLOT)
        assert (held.refusal, held.found, held.receipt) == ("", {"held_until": "10:10"}, None)
        assert "14:30" not in str((await world.ask("find_times", call="CA2", **SLOT)).found["times"])
        other = await world.ask("book", call="CA2", **BOOK)
        assert other.refusal == "slot_taken"
        assert other.found["nearest"] == f"{TUESDAY}T13:30,{TUESDAY}T14:00,{TUESDAY}T15:00"
        assert (await world.ask("book", call="CA1", **BOOK)).receipt

    play(opening, story, **ONE_ROOM)


def test_a_call_books_an_hour_once_for_one_person(opening: Opening) -> None:
    async def story(world: World) -> None:
        first = await world.ask("book", key="first", **BOOK)
        assert first.receipt is not None
        assert (await world.ask("book", key="first", **BOOK)).receipt == first.receipt
        for again in ({}, {"name": "alex  kim"}, {"service": "consultation", "time": "14:00"}):
            refused = await world.ask("book", **{**BOOK, **again})
            assert (refused.refusal, dict(refused.found), refused.receipt) == ("already_booked", {}, None)
        assert (await world.ask("book", call="CA2", earlier="CA1", **BOOK)).refusal == "already_booked", "cut off"
        assert (await world.ask("book", **{**BOOK, "time": "15:00"})).receipt, "one after the other"
        assert (await world.ask("book", **{**BOOK, "name": "Sam Kim"})).receipt, "somebody else beside them"
        code = str(first.receipt.result["code"])
        assert (await world.ask("cancel_booking", subject=f"booking:{code}")).receipt
        assert (await world.ask("book", **BOOK)).receipt, "given up, and wanted again"

    play(opening, story)


def test_a_full_hour_is_told_from_one_that_is_booked_already(opening: Opening) -> None:
    async def story(world: World) -> None:
        await world.code()
        assert (await world.ask("book", **BOOK)).refusal == "already_booked"
        assert (await world.ask("book", **{**BOOK, "phone": "+12125550150"})).refusal == "slot_taken"

    play(opening, story, **ONE_ROOM)


def test_who_was_cut_off_finds_their_time_still_held(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert not (await world.ask("hold_time", call="CA1", **SLOT)).refusal
        assert "14:30" not in str((await world.ask("find_times", call="CA2", **SLOT)).found["times"])
        assert "14:30" in str((await world.ask("find_times", call="CA2", earlier="CA1", **SLOT)).found["times"])
        assert not (await world.ask("hold_time", call="CA2", earlier="CA1", **SLOT)).refusal
        assert (await world.ask("book", call="CA2", earlier="CA1", **BOOK)).receipt

    play(opening, story, **ONE_ROOM)


def test_a_hold_ends_by_itself(opening: Opening) -> None:
    async def story(world: World) -> None:
        await world.ask("hold_time", call="CA1", **SLOT)
        world.passes(minutes=9)
        assert (await world.ask("book", call="CA2", **BOOK)).refusal == "slot_taken"
        world.passes(minutes=1)
        assert (await world.ask("book", call="CA2", **BOOK)).receipt
        assert (await world.ask("book", call="CA1", **BOOK)).refusal == "slot_taken", "its holder came too late"

    play(opening, story, **ONE_ROOM)


def test_a_hold_of_who_cannot_be_called_back_ends_sooner(opening: Opening) -> None:
    async def story(world: World) -> None:
        held = await world.ask("hold_time", call="CA1", caller="", **SLOT)
        assert held.found == {"held_until": "10:04"}
        assert "14:30" not in str((await world.ask("find_times", call="CA2", **SLOT)).found["times"])
        world.passes(minutes=4)
        assert "14:30" in str((await world.ask("find_times", call="CA2", **SLOT)).found["times"])

    play(opening, story, **ONE_ROOM)


def test_a_call_holds_one_time_at_once_and_may_ask_again(opening: Opening) -> None:
    async def story(world: World) -> None:
        for _ in range(2):
            assert not (await world.ask("hold_time", key="same", **SLOT)).refusal
        assert not (await world.ask("hold_time", **{**SLOT, "time": "15:00"})).refusal
        free = str((await world.ask("find_times", call="CA2", **SLOT)).found["times"])
        assert "14:30" in free
        assert "15:00" not in free

    play(opening, story, **ONE_ROOM)


def test_a_group_fills_up_seat_by_seat(opening: Opening) -> None:
    yoga = {
        "services": (("yoga", "Yoga", 60), ("massage", "Massage", 60)),
        "details": (Service("yoga", 60, capacity=3),),
        "rooms": (Room("room_1", capacity=10),),
        **ONE_ROOM,
    }

    async def story(world: World) -> None:
        group = {**BOOK, "service": "yoga"}
        for n in range(3):
            assert (await world.ask("book", **{**group, "phone": f"+1212555010{n}"})).receipt
        full = await world.ask("book", **group)
        assert full.refusal == "slot_taken"
        assert "14:30" not in str(full.found["times"])
        assert "14:00" not in await world.times(service="yoga"), "another group would be in the same hall"
        assert "13:30" in await world.times(service="yoga")
        assert "14:30" not in await world.times(service="massage"), "the hall is in use"

    play(opening, story, **yoga)


def test_chairs_are_taken_side_by_side_whatever_is_done_there(opening: Opening) -> None:
    chairs = {"rooms": (Room("room_1", capacity=2),), **ONE_ROOM}

    async def story(world: World) -> None:
        assert (await world.ask("book", **BOOK)).receipt
        beside = {**BOOK, "service": "consultation", "time": "14:00"}
        assert (await world.ask("book", call="CA2", **beside)).receipt
        assert (await world.ask("book", call="CA3", **BOOK)).refusal == "slot_taken"

    play(opening, story, **chairs)


def test_buffers_are_kept_free_between_appointments(opening: Opening) -> None:
    buffered = {"details": (Service("cleaning", 30, before=10, after=20, every=15),), **ONE_ROOM}

    async def story(world: World) -> None:
        await world.code()
        times = await world.times()
        assert "13:45" not in times, "its buffer after would run into the buffer before"
        assert "13:30" in times
        assert "15:15" not in times
        assert "15:30" in times
        assert times[0] == "09:00", "a buffer may lie outside the hours"

    play(opening, story, **buffered)


def test_a_place_has_its_own_hours_and_clocks(opening: Opening) -> None:
    places = {
        "places": (Place("east", "Harbor Street"), Place("west", "Bay Road", "America/Los_Angeles")),
        "rooms": (Room("room_1", "east"), Room("room_2", "west")),
        "hours": (HoursRow("west", "", 1, time(12), time(14)),),
    }

    async def story(world: World) -> None:
        assert await world.times(place="west") == ["12:00", "12:30", "13:00", "13:30"]
        assert (await world.times(place="east"))[0] == "09:00"
        assert await world.times(place="west", date="2026-03-18") == []
        await world.code(place="west", time="12:30")
        assert "12:30" in await world.times(place="east")
        assert "12:30" not in await world.times(place="west")
        assert "12:30" in await world.times(), "without a place, any will do"

    play(opening, story, **places)


def test_a_resource_may_keep_hours_of_its_own(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert await world.times(date="2026-03-18") == ["16:00", "16:30", "17:00", "17:30"]
        assert (await world.ask("find_times", service="cleaning", date="2026-03-17")).refusal == "closed"

    play(opening, story, hours=(HoursRow("", "room_1", 2, time(16), time(18)),), **ONE_ROOM)


@pytest.mark.parametrize("whole", [True, False])
def test_closures_shut_the_doors(opening: Opening, whole: bool) -> None:
    hours = (0, 24) if whole else (12, 15)
    starts = datetime(2026, 3, 17, hours[0])
    closure = Closure(starts, starts.replace(hour=15) if not whole else datetime(2026, 3, 18))

    async def story(world: World) -> None:
        times = await world.times()
        if whole:
            refused = await world.ask("find_times", service="cleaning", date=TUESDAY)
            assert (refused.refusal, refused.found["next_date"]) == ("closed", "2026-03-18")
        else:
            assert {"11:30", "15:00"} <= set(times)
            assert not {"12:00", "14:30"} & set(times)
        assert (await world.ask("book", **BOOK)).refusal == "slot_taken"

    play(opening, story, closures=(closure,))


def test_a_closure_of_one_room_leaves_the_other(opening: Opening) -> None:
    closure = Closure(datetime(2026, 3, 17), datetime(2026, 3, 18), resource="room_1")

    async def story(world: World) -> None:
        await world.code()
        assert (await world.ask("book", call="CA2", **BOOK)).refusal == "slot_taken"

    play(opening, story, closures=(closure,))


def test_hours_may_reach_past_midnight(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.times())[-2:] == ["23:00", "23:30"]
        assert await world.times(date="2026-03-18") == ["00:00", "00:30", "01:00", "01:30"], "Tuesday's night"
        await world.code(date="2026-03-18", time="01:30", **NAMED)

    play(opening, story, opens=time(22), closes=time(2), weekdays=(1,))


@pytest.mark.parametrize(
    ("day", "free"),
    [
        ("2026-03-08", ["01:00", "01:30", "03:00", "03:30"]),
        ("2026-11-01", ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
    ],
    ids=["the clocks skip an hour", "the clocks show an hour twice"],
)
def test_at_night_the_clocks_change(opening: Opening, day: str, free: list[str]) -> None:
    async def story(world: World) -> None:
        world.now = world.now.replace(month=2) if day < "2026-04" else world.now
        assert await world.times(date=day) == free
        # An hour long, across the change: it takes an hour, not what the clocks show.
        await world.code(service="consultation", date=day, time="01:30")
        left = await world.times(date=day)
        assert "01:30" not in left
        assert left[0] == "01:00"

    play(opening, story, opens=time(1), closes=time(4), weekdays=(6,), **ONE_ROOM)


def test_a_full_day_names_the_next_and_its_times(opening: Opening) -> None:
    async def story(world: World) -> None:
        await world.code(time="09:00")
        refused = await world.ask("book", call="CA2", **{**BOOK, "time": "09:00"})
        assert refused.found["times"] == ""
        assert refused.found["next_date"] == "2026-03-18"
        assert refused.found["nearest"] == "2026-03-18T09:00"

    play(opening, story, opens=time(9), closes=time(9, 30), **ONE_ROOM)
