"""Agreeing to be texted, on both back ends."""

from __future__ import annotations

from tests.workflows.backends.world import Opening, World, play

PHONE = "+12125550143"


def test_what_was_agreed_is_texted_to_the_number_it_stands_under_once(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("send_confirmation")).refusal == "nothing_to_confirm"
        code = await world.code()
        world.passes(seconds=9)
        for _ in range(2):
            answer = await world.ask("send_confirmation")
            assert (answer.refusal, answer.receipt) == ("", None)
        assert (await world.ask("send_confirmation", call="CA2")).refusal == "nothing_to_confirm"
        assert await world.outbox() == [("booking.created", code), ("confirmation.wanted", code)]

    play(opening, story)


def test_who_agreed_before_is_not_texted_twice(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("record_consent", phone=PHONE)).refusal == ""
        world.passes(seconds=9)
        code = await world.code()
        world.passes(seconds=9)
        assert (await world.ask("send_confirmation")).refusal == ""
        assert await world.outbox() == [("booking.created", code)]

    play(opening, story)


def test_what_was_moved_afterwards_can_be_texted_again(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        world.passes(seconds=9)
        await world.ask("send_confirmation")
        world.passes(seconds=9)
        moved = await world.ask("reschedule", subject=f"booking:{code}", date="2026-03-18", time="10:00")
        assert moved.receipt is not None
        world.passes(seconds=9)
        await world.ask("send_confirmation")
        # The yes of a moment ago covers the change: it is texted because of that.
        assert [kind for kind, _ in await world.outbox()] == [
            "booking.created", "confirmation.wanted", "booking.rescheduled",
        ]  # fmt: skip

    play(opening, story)


def test_a_number_that_is_none_is_not_agreed_to(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("record_consent", phone="555")).refusal == "unavailable"

    play(opening, story)
