"""Looking up, moving, cancelling, waiting and taking back, on both back ends."""

from __future__ import annotations

import pytest

from tests.workflows.backends.world import BOOK, NAMED, SLOT, TUESDAY, Opening, World, play
from workflows.backends.agenda import Service
from workflows.backends.practice import Place, Room

ONE_ROOM = {"resources": (("room_1", "Room 1"),)}
WAITS = {"service": "cleaning", "date": TUESDAY, "name": "Maria Lopez", "phone": "+12125550144"}


def test_a_booking_is_found_by_whoever_proved_it(opening: Opening) -> None:
    places = {"places": (Place("east", "Harbor Street"),), "rooms": (Room("room_1", "east"),), **ONE_ROOM}

    async def story(world: World) -> None:
        code = await world.code()
        facts = {
            "booking_service": "cleaning",
            "booking_date": TUESDAY,
            "booking_time": "14:30",
            "booking_code": code,
            "booking_place": "Harbor Street",
            "booking_place_id": "east",
        }
        assert (await world.ask("find_booking", subject=f"booking:{code}")).found == facts
        assert (await world.ask("find_booking", subject="customer:c1")).found == facts, "by the number on file"
        assert (await world.ask("find_booking", subject="customer:c2")).refusal == "not_found"

    play(opening, story, **places)


def test_times_for_a_move_are_those_of_its_place_and_its_own_time_counts_as_free(opening: Opening) -> None:
    places = {
        "places": (Place("east", "Harbor Street"), Place("west", "Bay Road")),
        "rooms": (Room("room_1", "east"), Room("room_2", "west")),
        "details": (Service("cleaning", 60),),
    }

    async def story(world: World) -> None:
        code = await world.code(place="east")
        await world.code(call="CA2", place="east", time="16:00", name="Sam Poe", phone="+12125550150")
        own = {"subject": f"booking:{code}", "place": "east", "without": code}
        free = await world.times(**own)
        assert {"14:00", "14:30", "15:00"} <= set(free), "beside its own time, and over it"
        assert not {"15:30", "16:00", "16:30"} & set(free), "what others have stays taken"
        for time in ("15:00", "14:00"):
            assert (await world.ask("reschedule", subject=own["subject"], date=TUESDAY, time=time)).receipt

    play(opening, story, **places)


def test_only_the_own_booking_is_left_out_when_times_are_looked_for(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        other = await world.code(call="CA2", time="10:00", name="Sam Poe", phone="+12125550150")
        for subject, left_out in (("", code), (f"booking:{other}", code), (f"booking:{code}", other)):
            times = await world.times(subject=subject, without=left_out)
            assert not {"10:00", "14:30"} & set(times)
        assert "14:30" in await world.times(subject="customer:c1", without=code)

    play(opening, story, **ONE_ROOM)


@pytest.mark.parametrize("action", ["find_booking", "reschedule", "cancel_booking", "find_balance", "promise_payment"])
def test_nothing_personal_without_proof(opening: Opening, action: str) -> None:
    arguments = {"reschedule": {"date": TUESDAY, "time": "15:00"},
                 "promise_payment": {"amount": "20.00 USD", "date": TUESDAY}}  # fmt: skip

    async def story(world: World) -> None:
        code = await world.code()
        refused = await world.ask(action, **arguments.get(action, {}))
        assert (refused.refusal, dict(refused.found)) == ("not_verified", {})
        assert (await world.ask(action, subject="nonsense", **arguments.get(action, {}))).refusal == "not_verified"
        assert (await world.ask("find_booking", subject=f"booking:{code}")).found["booking_time"] == "14:30"

    play(opening, story)


def test_moving_frees_the_old_time_with_the_new_one_taken(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        moved = await world.ask("reschedule", subject=f"booking:{code}", date=TUESDAY, time="16:00")
        assert moved.receipt is not None
        assert {**moved.receipt.result} == {
            "code": code, "date": TUESDAY, "time": "16:00", "from_date": TUESDAY, "from_time": "14:30",
        }  # fmt: skip
        times = await world.times()
        assert "14:30" in times
        assert "16:00" not in times
        assert await world.outbox() == [("booking.created", code), ("booking.rescheduled", code)]

    play(opening, story, **ONE_ROOM)


def test_moving_by_half_its_length_does_not_collide_with_itself(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code(service="consultation")
        moved = await world.ask("reschedule", subject=f"booking:{code}", date=TUESDAY, time="15:00")
        assert moved.receipt is not None

    play(opening, story, **ONE_ROOM)


def test_a_time_that_is_taken_leaves_the_booking_where_it_is(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        await world.code(time="16:00", phone="+12125550100")
        refused = await world.ask("reschedule", subject=f"booking:{code}", date=TUESDAY, time="16:00")
        assert refused.refusal == "slot_taken"
        assert refused.found["nearest"] == f"{TUESDAY}T15:00,{TUESDAY}T15:30,{TUESDAY}T16:30"
        assert (await world.ask("find_booking", subject=f"booking:{code}")).found["booking_time"] == "14:30"

    play(opening, story, **ONE_ROOM)


def test_a_cancelled_time_can_be_had_again(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        gone = await world.ask("cancel_booking", subject=f"booking:{code}")
        assert gone.receipt is not None
        assert dict(gone.receipt.result) == {"code": code, "date": TUESDAY, "time": "14:30"}
        assert (await world.ask("cancel_booking", subject=f"booking:{code}")).refusal == "not_found"
        assert (await world.ask("reschedule", subject=f"booking:{code}", date=TUESDAY, time="9:00")).refusal
        assert "14:30" in await world.times()
        assert (await world.outbox())[-1] == ("booking.cancelled", code)

    play(opening, story, **ONE_ROOM)


def test_it_can_be_too_late_for_a_change(opening: Opening) -> None:
    strict = {"details": (Service("cleaning", 30, change_hours=24),)}

    async def story(world: World) -> None:
        code = await world.code()
        world.passes(hours=4, minutes=31)
        for action, arguments in (("cancel_booking", {}), ("reschedule", {"date": TUESDAY, "time": "16:00"})):
            assert (await world.ask(action, subject=f"booking:{code}", **arguments)).refusal == "too_late"
        world.passes(minutes=-2)
        assert (await world.ask("cancel_booking", subject=f"booking:{code}")).receipt

    play(opening, story, **strict)


def test_what_is_over_is_no_booking_any_more(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        world.passes(days=2)
        assert (await world.ask("cancel_booking", subject=f"booking:{code}")).refusal == "not_found"

    play(opening, story)


def test_the_first_in_the_row_is_offered_what_becomes_free(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        first = await world.ask("join_wait_list", **WAITS)
        assert first.receipt is not None
        number = str(first.receipt.result["number"])
        world.passes(minutes=1)
        second = await world.ask("join_wait_list", **{**WAITS, "phone": "+12125550145"})
        again = await world.ask("join_wait_list", **WAITS)
        assert again.receipt is not None
        assert again.receipt.result["number"] == number, "nobody stands in the row twice"
        await world.ask("cancel_booking", subject=f"booking:{code}")
        offered = [subject for kind, subject in await world.outbox() if kind == "wait_list.offered"]
        assert offered == [number]
        # The one who was offered it takes it, and gives it up again: now it is the next one's turn.
        taken = await world.code(**{**NAMED, **WAITS})
        await world.ask("cancel_booking", subject=f"booking:{taken}")
        assert second.receipt is not None
        offered = [subject for kind, subject in await world.outbox() if kind == "wait_list.offered"]
        assert offered == [number, second.receipt.result["number"]]

    play(opening, story, **ONE_ROOM)


def test_who_needs_longer_than_what_is_free_is_passed_over(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        await world.code(time="15:00", phone="+12125550100")
        await world.code(time="14:00", phone="+12125550100")
        await world.ask("join_wait_list", **{**WAITS, "service": "consultation"})
        world.passes(minutes=1)
        short = await world.ask("join_wait_list", **{**WAITS, "phone": "+12125550145"})
        assert short.receipt is not None
        await world.ask("cancel_booking", subject=f"booking:{code}")
        assert (await world.outbox())[-1] == ("wait_list.offered", short.receipt.result["number"])

    play(opening, story, **ONE_ROOM)


def test_moving_away_offers_the_old_time(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        await world.ask("join_wait_list", **WAITS)
        await world.ask("reschedule", subject=f"booking:{code}", date=TUESDAY, time="16:00")
        assert [kind for kind, _ in await world.outbox()][-1] == "wait_list.offered"

    play(opening, story, **ONE_ROOM)


# --- compensation -----------------------------------------------------------------------------------


def test_a_booking_is_taken_back_in_its_own_call_only(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        assert (await world.ask("take_back", call="CA2", what="book")).refusal == "not_found"
        back = await world.ask("take_back", what="book")
        assert back.receipt is not None
        assert dict(back.receipt.result) == {"action": "book", "number": code}
        assert "14:30" in await world.times()
        assert (await world.ask("take_back", what="book")).refusal == "not_found", "it is undone already"
        assert (await world.outbox())[-1] == ("booking.cancelled", code)

    play(opening, story, **ONE_ROOM)


def test_a_move_and_a_cancellation_are_taken_back(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        who = f"booking:{code}"
        await world.ask("reschedule", subject=who, date=TUESDAY, time="16:00")
        assert (await world.ask("take_back", what="reschedule")).receipt
        assert (await world.ask("find_booking", subject=who)).found["booking_time"] == "14:30"
        await world.ask("cancel_booking", subject=who)
        assert (await world.ask("take_back", what="cancel_booking")).receipt
        assert (await world.ask("find_booking", subject=who)).found["booking_time"] == "14:30"
        await world.ask("cancel_booking", subject=who)
        await world.code(phone="+12125550100", call="CA2")
        assert (await world.ask("take_back", what="cancel_booking")).refusal == "slot_taken"

    play(opening, story, **ONE_ROOM)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("open_ticket", {"problem": "It leaks", "phone": "+12125550143"}),
        ("leave_callback", {"phone": "+12125550143"}),
        ("leave_message", {"message": "Hello"}),
        ("join_wait_list", WAITS),
    ],
)
def test_what_was_left_is_taken_back(opening: Opening, action: str, arguments: dict[str, str]) -> None:
    async def story(world: World) -> None:
        left = await world.ask(action, **arguments)
        assert left.receipt is not None
        assert (await world.ask("take_back", what=action)).receipt
        assert (await world.outbox())[-1] == (f"{action}.undone", left.receipt.result["number"])

    play(opening, story)


def test_when_a_later_part_of_a_wish_fails_the_earlier_ones_are_undone(opening: Opening) -> None:
    async def story(world: World) -> None:
        wish = [
            world.request("leave_message", message="I come with two children"),
            world.request("book", **BOOK),
            world.request("book", **{**BOOK, "name": "Sam Kim"}),
        ]
        answers = await world.actions.run_together("CA1", world.facts(), wish)
        assert [answer.refusal for answer in answers] == ["", "", "slot_taken"]
        assert "14:30" in await world.times()
        kinds = [kind for kind, _ in await world.outbox()]
        assert kinds == ["message.left", "booking.created", "booking.cancelled", "leave_message.undone"]
        again = await world.actions.compensate("CA1", world.facts(), answers[1].receipt)  # type: ignore[arg-type]
        assert again.receipt is not None, "a second time nothing happens, and the proof is the same"
        assert [kind for kind, _ in await world.outbox()] == kinds

    play(opening, story, **ONE_ROOM)


def test_what_cannot_be_undone_says_so(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("take_back", what="order_status")).refusal == "not_found"
        assert (await world.ask("take_back", what="")).refusal == "not_found"
        assert not await world.outbox()

    play(opening, story)


def test_an_unknown_service_is_never_waited_for(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("join_wait_list", **{**WAITS, "service": "surgery"})).refusal == "unavailable"
        assert (await world.ask("hold_time", **{**SLOT, "service": "surgery"})).refusal == "unavailable"

    play(opening, story)
