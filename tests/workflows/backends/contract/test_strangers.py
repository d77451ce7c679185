"""What one caller must not reach of another's, on both back ends: people who share a telephone, a name or a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from tests.workflows.backends.world import BOOK, TUESDAY, Opening, World, play
from workflows.backends.agenda import Service
from workflows.backends.practice import Customer, Known, Place, Room

HOME = "+12125550161"
PAT = Customer("c-61", "Pat Moor", HOME, date_of_birth="1971-02-03")
LEE = Customer("c-62", "Lee Moor", HOME, date_of_birth="1999-08-09")
ALONE = Customer("c-63", "Max Field", "+12125550163", date_of_birth="1990-01-02", postcode="NW1 4AB")


async def prove(world: World, **given: Any) -> str:
    answer = await world.ask("verify_caller", **given)
    return str(answer.found.get("verified_subject", answer.refusal))


def test_who_shares_a_telephone_sees_their_own_bookings_only(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code(name="Lee Moor", phone=HOME)
        pat = await world.ask("find_booking", call="CA2", subject="customer:c-61")
        assert pat.refusal == "not_found", pat.found
        assert (await world.ask("cancel_booking", call="CA2", subject="customer:c-61")).refusal == "not_found"
        lee = await world.ask("find_booking", call="CA3", subject="customer:c-62")
        assert lee.found["booking_code"] == code

    play(opening, story, customers=(PAT, LEE), balances=())


def test_a_parent_books_for_a_child_from_the_only_card_of_the_house(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code(name="Robin Moor", phone=HOME)
        assert (await world.ask("find_booking", call="CA2", subject="customer:c-61")).found["booking_code"] == code

    play(opening, story, customers=(PAT,), balances=())


def test_another_ones_date_of_birth_proves_no_booking(opening: Opening) -> None:
    async def story(world: World) -> None:
        await world.code(name="Lee Moor", phone=HOME)
        given = {"what": "booking", "name": "Lee Moor"}
        assert await prove(world, **given, date_of_birth=PAT.date_of_birth) == "not_matched"
        assert (await prove(world, **given, date_of_birth=LEE.date_of_birth)).startswith("booking:")

    play(opening, story, customers=(PAT, LEE), balances=())


def test_a_name_said_twice_is_one_fact(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert await prove(world, what="customer", name="Pat Moor", last_name="Moor") == "unavailable"

    play(opening, story, customers=(PAT,), balances=())


@pytest.mark.parametrize("what", ["customer", "booking"])
def test_a_post_code_finds_one_among_many(opening: Opening, what: str) -> None:
    crowd = tuple(replace(ALONE, id=f"b-{n:03}", phone=f"+1212555{n:04}", postcode="E1 6AN") for n in range(210))

    async def story(world: World) -> None:
        if what == "booking":
            await world.code(name="Max Field", phone=ALONE.phone)
        subject = await prove(world, what=what, last_name="Field", postcode="nw14ab")
        assert subject.startswith(f"{what}:")

    play(opening, story, customers=(*crowd, ALONE), balances=())


def test_taking_back_does_not_take_another_caller_off_the_wait_list(opening: Opening) -> None:
    waiting = {"service": "cleaning", "date": TUESDAY, "name": "Alex Kim", "phone": "+12125550143"}

    async def story(world: World) -> None:
        codes = [await world.code(call=f"CA{n}", phone=f"+1212555017{n}") for n in range(2)]
        await world.ask("join_wait_list", call="CA5", **waiting)
        assert (await world.ask("join_wait_list", call="CA6", **waiting)).receipt is not None
        assert (await world.ask("take_back", call="CA6", what="join_wait_list")).receipt is not None
        await world.ask("cancel_booking", call="CA7", subject=f"booking:{codes[0]}")
        assert "wait_list.offered" in [kind for kind, _ in await world.outbox()]

    play(opening, story)


def test_who_waits_at_one_place_may_wait_at_another(opening: Opening) -> None:
    rooms = (Room("room_1", "uptown"), Room("room_2", "downtown"))
    places = (Place("uptown", "Uptown"), Place("downtown", "Downtown"))
    waiting = {"service": "cleaning", "date": TUESDAY, "name": "Alex Kim", "phone": "+12125550143"}

    async def story(world: World) -> None:
        first = await world.ask("join_wait_list", place="uptown", **waiting)
        again = await world.ask("join_wait_list", place="uptown", **waiting)
        other = await world.ask("join_wait_list", place="downtown", **waiting)
        assert first.receipt is not None and again.receipt is not None and other.receipt is not None
        assert first.receipt.result == again.receipt.result != other.receipt.result

    play(opening, story, rooms=rooms, places=places)


@pytest.mark.parametrize("asked", ["delivery", "your warranty?"])
def test_an_answer_is_found_by_a_single_word_of_it(opening: Opening, asked: str) -> None:
    known = (
        Known("send", "Do you bring it to my door?", "We do.", "House rules", phrasings=("home delivery",)),
        Known("kept", "For what time is it repaired for free?", "Two years.", "Rules", phrasings=("warranty time",)),
    )

    async def story(world: World) -> None:
        assert (await world.ask("find_answer", question=asked)).refusal == ""

    play(opening, story, knowledge=known)


def test_a_day_and_a_night_with_time_to_clean_up(opening: Opening) -> None:
    """As long as an appointment can be, far from Greenwich: what stands beside it is seen, and told."""
    night = Service("cleaning", 1_440, 0, 360, 1_440)
    hours = {"opens": time(15), "closes": time(15)}

    async def story(world: World) -> None:
        await world.code(date="2026-03-18", time="15:00")
        assert (await world.ask("book", **{**BOOK, "date": "2026-03-17", "time": "15:00"})).refusal == "slot_taken"

    play(opening, story, details=(night,), resources=(("room_1", "Room 1"),), **hours, weekdays=tuple(range(7)))


@pytest.mark.parametrize("fact", ["date_of_birth", "postcode"])
def test_guessing_one_thing_after_the_other_is_guessing_at_one_record(opening: Opening, fact: str) -> None:
    """From call to call with the number withheld: no caller to lock, so the record has to be."""
    right = {"date_of_birth": ALONE.date_of_birth, "postcode": "NW1 4AB"}[fact]
    guesses = [f"1970-01-{n:02}" if fact == "date_of_birth" else f"N{n} 1AA" for n in range(1, 8)]

    async def story(world: World) -> None:
        for n, guess in enumerate([*guesses, right]):
            given = {"what": "customer", "last_name": "Field", fact: guess}
            said = await world.ask("verify_caller", call=f"CA{n}", caller="", **given)
            assert said.refusal == ("not_matched" if n < 5 else "locked")

    play(opening, story, customers=(ALONE,), balances=())


@pytest.mark.parametrize("score", ["inf", "nan", "-0.5", "10.5"])
def test_what_is_no_score_is_none(opening: Opening, score: str) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("record_survey", score=score)).refusal == "unavailable"

    play(opening, story)


@pytest.mark.parametrize("amount", ["NaN USD", "Infinity USD", "0.001 USD"])
def test_what_is_no_amount_is_not_promised(opening: Opening, amount: str) -> None:
    async def story(world: World) -> None:
        wish = {"amount": amount, "date": "2026-03-20"}
        assert (await world.ask("promise_payment", subject="customer:c1", **wish)).refusal == "unavailable"

    play(opening, story)
