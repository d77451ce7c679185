"""What became free is kept for one who waits, and passes on when it is not taken; on both back ends."""

from __future__ import annotations

import pytest

from tests.workflows.backends.world import NAMED, SLOT, TUESDAY, Opening, World, play

ONE_ROOM = {"resources": (("room_1", "Room 1"),)}
MARIA, DAN, JO, STRANGER = "+12125550144", "+12125550145", "+12125550146", "+12125550199"
BY_MARIA = {"call": "CA7", "caller": MARIA}
BY_STRANGER = {"call": "CA8", "caller": STRANGER}


async def waits(world: World, phone: str, **changed: str) -> str:
    world.passes(minutes=1)
    answer = await world.ask(
        "join_wait_list", call=f"CA-{phone}", service="cleaning", date=TUESDAY, name="Maria Lopez",
        **{"phone": phone, **changed},
    )  # fmt: skip
    assert answer.receipt is not None
    return str(answer.receipt.result["number"])


async def offered(world: World) -> list[str]:
    return [subject for kind, subject in await world.outbox() if kind == "wait_list.offered"]


async def freed(world: World, *phones: str) -> tuple[str, ...]:
    """A booking at half past two, those who wait for one, and the booking is given up."""
    code = await world.code()
    numbers = tuple([await waits(world, phone) for phone in phones])
    assert (await world.ask("cancel_booking", subject=f"booking:{code}")).receipt is not None
    return numbers


def test_it_is_kept_for_the_first_and_nobody_else_gets_it(opening: Opening) -> None:
    async def story(world: World) -> None:
        (maria,) = await freed(world, MARIA)
        assert await offered(world) == [maria]
        assert "14:30" not in await world.times(**BY_STRANGER)
        for action in ("book", "hold_time"):
            refused = await world.ask(action, **BY_STRANGER, **{**SLOT, **NAMED, "phone": STRANGER})
            assert refused.refusal == "slot_taken"

    play(opening, story, **ONE_ROOM)


def test_who_calls_back_is_told_that_time_first_and_can_have_it(opening: Opening) -> None:
    async def story(world: World) -> None:
        await freed(world, MARIA, DAN)
        times = await world.times(**BY_MARIA)
        assert times[0] == "14:30"
        assert times[1:] == sorted(times[1:])
        booked = await world.ask("book", **BY_MARIA, **{**SLOT, **NAMED, "phone": MARIA})
        assert booked.receipt is not None
        assert "14:30" not in await world.times(**BY_MARIA)
        world.passes(hours=3)
        assert len(await offered(world)) == 1, "it was taken, so nothing passes on"

    play(opening, story, **ONE_ROOM)


def test_the_number_they_give_will_do_when_theirs_is_withheld(opening: Opening) -> None:
    async def story(world: World) -> None:
        await freed(world, MARIA)
        booked = await world.ask("book", call="CA7", caller="", **{**SLOT, **NAMED, "phone": MARIA})
        assert booked.receipt is not None

    play(opening, story, **ONE_ROOM)


@pytest.mark.parametrize("asks", ["find_times", "book", "join_wait_list"])
def test_what_is_not_taken_passes_on_to_the_next_when_anybody_asks(opening: Opening, asks: str) -> None:
    async def story(world: World) -> None:
        maria, dan = await freed(world, MARIA, DAN)
        world.passes(hours=1, minutes=59)
        assert "14:30" not in await world.times(**BY_STRANGER)
        assert await offered(world) == [maria]
        world.passes(minutes=1)
        wish = {"service": "cleaning", "date": TUESDAY}
        if asks == "find_times":
            assert "14:30" not in await world.times(**BY_STRANGER)
        elif asks == "book":
            refused = await world.ask("book", **BY_STRANGER, **{**SLOT, **NAMED, "phone": STRANGER})
            assert refused.refusal == "slot_taken"
        else:
            await world.ask("join_wait_list", **BY_STRANGER, **wish, name="Jo", phone=JO)
        assert await offered(world) == [maria, dan]
        assert "14:30" not in await world.times(**BY_MARIA), "it is Dan's now"
        assert (await world.times(call="CA9", caller=DAN))[0] == "14:30"

    play(opening, story, **ONE_ROOM)


def test_after_the_last_it_is_anybodys(opening: Opening) -> None:
    async def story(world: World) -> None:
        await freed(world, MARIA, DAN)
        for _ in (MARIA, DAN):
            world.passes(hours=2)
            await world.times()
        assert (await world.times(**BY_STRANGER))[0] == "09:00"
        assert "14:30" in await world.times(**BY_STRANGER)
        assert len(await offered(world)) == 2

    play(opening, story, **ONE_ROOM)


def test_who_books_another_time_leaves_theirs_to_the_next(opening: Opening) -> None:
    async def story(world: World) -> None:
        maria, dan = await freed(world, MARIA, DAN)
        booked = await world.ask("book", **BY_MARIA, **{**SLOT, **NAMED, "time": "10:00", "phone": MARIA})
        assert booked.receipt is not None
        assert await offered(world) == [maria, dan]

    play(opening, story, **ONE_ROOM)


def test_a_hold_of_the_one_it_is_kept_for_lasts_as_long_as_the_offer(opening: Opening) -> None:
    async def story(world: World) -> None:
        await freed(world, MARIA, DAN)
        held = await world.ask("hold_time", **BY_MARIA, **SLOT)
        until = (world.now.replace(tzinfo=None)).strftime("%H:%M")
        assert str(held.found["held_until"]) > until
        world.passes(hours=1, minutes=55)
        longer = await world.ask("hold_time", **BY_MARIA, **SLOT)
        assert longer.found["held_until"] > held.found["held_until"], "at least ten minutes more"
        world.passes(minutes=9)
        assert (await world.ask("book", **BY_MARIA, **{**SLOT, **NAMED, "phone": MARIA})).receipt is not None

    play(opening, story, **ONE_ROOM)


def test_an_offer_ends_early_enough_that_the_next_gets_a_turn(opening: Opening) -> None:
    """It is shortly before the time: half of what is left for one, and half of the rest for the next."""

    async def story(world: World) -> None:
        code = await world.code()
        numbers = [await waits(world, MARIA), await waits(world, DAN)]
        world.passes(hours=(14 * 60 + 30 - world.now.hour * 60 - world.now.minute - 60) / 60)
        days = 17 - world.now.day
        world.passes(days=days)
        assert (await world.ask("cancel_booking", subject=f"booking:{code}")).receipt is not None
        world.passes(minutes=29)
        assert "14:30" not in await world.times(**BY_STRANGER)
        world.passes(minutes=1)
        assert "14:30" not in await world.times(**BY_STRANGER)
        assert await offered(world) == numbers
        world.passes(minutes=15)
        assert "14:30" in await world.times(**BY_STRANGER)

    play(opening, story, **ONE_ROOM)


def test_who_is_taken_off_the_list_leaves_what_was_kept_for_them(opening: Opening) -> None:
    async def story(world: World) -> None:
        maria, dan = await freed(world, MARIA, DAN)
        assert (await world.ask("take_back", call=f"CA-{MARIA}", what="join_wait_list")).receipt is not None
        assert await offered(world) == [maria, dan]

    play(opening, story, **ONE_ROOM)
