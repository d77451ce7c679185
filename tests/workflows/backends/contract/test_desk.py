"""Tickets, call backs, answers, balances and surveys, on both back ends."""

from __future__ import annotations

import asyncio

import pytest

from calls.run import ActionSettled
from tests.workflows.backends.world import TUESDAY, Opening, World, play
from workflows.backends.practice import Known

ALEX = "customer:c1"


def test_a_ticket_can_be_asked_after(opening: Opening) -> None:
    async def story(world: World) -> None:
        opened = await world.ask("open_ticket", problem="It leaks", phone="+12125550143")
        assert opened.receipt is not None
        number = str(opened.receipt.result["number"])
        assert (await world.ask("ticket_status", number=number.lower())).found["ticket_status"].startswith("is open")
        missing = await world.ask("ticket_status", number="ZZZZZ")
        assert (missing.refusal, dict(missing.found)) == ("not_found", {"ticket_status": ""})
        assert await world.outbox() == [("ticket.opened", number)]

    play(opening, story)


@pytest.mark.parametrize(("when", "refusal"), [("", ""), ("2026-03-17T16:00", ""), ("soon", "unavailable")])
def test_a_call_back_may_be_wanted_at_a_time(opening: Opening, when: str, refusal: str) -> None:
    async def story(world: World) -> None:
        left = await world.ask("leave_callback", phone="+12125550143", when=when)
        assert left.refusal == refusal

    play(opening, story)


@pytest.mark.parametrize(
    "asked",
    [
        "Is there parking?",
        "um where can I park please",
        "do you have parking",
        "is parking there",
        "where do I leave my car",
        "is there any parking lot",
    ],
)
def test_an_answer_is_found_with_where_it_stands(opening: Opening, asked: str) -> None:
    async def story(world: World) -> None:
        answer = await world.ask("find_answer", question=asked)
        assert answer.refusal == ""
        assert str(answer.found["answer"]).startswith("There is a car park")
        assert (answer.found["citation"], answer.found["reviewed_on"]) == ("Visitor guide, page 2", "2026-02-14")
        assert answer.receipt is None

    play(opening, story)


@pytest.mark.parametrize(
    "asked",
    [
        "how do I get a parking ticket refunded",
        "do you take dogs",
        "what does a crown cost",
        "where is the dentist from",
        "how are you",
        "is there a doctor who speaks Spanish",
        "",
        "'; drop table knowledge; --",
        "%",
    ],
)
def test_a_wrong_answer_is_worse_than_none(opening: Opening, asked: str) -> None:
    async def story(world: World) -> None:
        answer = await world.ask("find_answer", question=asked)
        assert answer.refusal == "no_answer"
        assert dict(answer.found) == {"answer": "", "citation": "", "reviewed_on": ""}

    play(opening, story)


def test_an_answer_nobody_has_reviewed_in_time_is_not_spoken(opening: Opening) -> None:
    async def story(world: World) -> None:
        assert (await world.ask("find_answer", question="Do you offer teeth whitening?")).refusal == "no_answer"

    play(opening, story)


def test_two_answers_that_fit_alike_are_none(opening: Opening) -> None:
    known = (
        Known("a", "How much is a cleaning?", "Ninety dollars.", "List A"),
        Known("b", "How much is a cleaning?", "A hundred dollars.", "List B"),
    )

    async def story(world: World) -> None:
        assert (await world.ask("find_answer", question="how much is a cleaning")).refusal == "no_answer"

    play(opening, story, knowledge=known)


def test_a_balance_is_told_to_whom_it_belongs(opening: Opening) -> None:
    async def story(world: World) -> None:
        told = await world.ask("find_balance", subject=ALEX)
        assert dict(told.found) == {"amount": "120.00 USD", "due_on": "2026-03-25"}
        assert (await world.ask("find_balance", subject="customer:c3")).refusal == "not_found"
        assert (await world.ask("find_balance", subject="customer:nobody")).refusal == "not_found"
        assert (await world.ask("find_balance", subject="booking:ACFHJ")).refusal == "not_verified"

    play(opening, story)


@pytest.mark.parametrize(
    ("amount", "date", "refusal"),
    [
        ("50.00 USD", TUESDAY, ""),
        ("120.00 USD", "2026-03-16", ""),
        ("120.01 USD", TUESDAY, "too_much"),
        ("50.00 GBP", TUESDAY, "wrong_currency"),
        ("0.00 USD", TUESDAY, "unavailable"),
        ("-5.00 USD", TUESDAY, "unavailable"),
        ("a lot", TUESDAY, "unavailable"),
        ("50.00 USD", "2026-03-15", "unavailable"),
    ],
)
def test_a_promise_is_about_what_is_owed(opening: Opening, amount: str, date: str, refusal: str) -> None:
    async def story(world: World) -> None:
        promised = await world.ask("promise_payment", subject=ALEX, amount=amount, date=date)
        assert promised.refusal == refusal
        if not refusal:
            assert promised.receipt is not None
            result = dict(promised.receipt.result)
            assert (result["amount"], result["date"], len(str(result["number"]))) == (amount, date, 5)

    play(opening, story)


def test_what_is_promised_already_is_not_promised_again(opening: Opening) -> None:
    async def story(world: World) -> None:
        async def promise(amount: str, **asked: str) -> ActionSettled:
            given = {"subject": ALEX, "date": "2026-03-20", "amount": amount, **asked}
            return await world.ask("promise_payment", **given)

        first = await promise("80.00 USD", key="first")
        assert first.receipt is not None
        assert (await promise("80.00 USD", key="first")).receipt == first.receipt, "the same wish is done once"
        over = await promise("40.01 USD", call="CA2")
        assert (over.refusal, over.found["left"]) == ("already_promised", "40.00 USD")
        assert (await promise("120.01 USD")).refusal == "too_much"
        assert (await promise("40.00 USD", call="CA2")).receipt
        again = await promise("120.00 USD", call="CA3", date="2026-03-27")
        assert (again.refusal, again.found["left"]) == ("already_promised", "")
        assert (await world.ask("take_back", call="CA2", what="promise_payment")).receipt
        assert (await promise("40.00 USD", call="CA3", date="2026-03-27")).receipt, "what was withdrawn counts no more"
        world.passes(days=7)
        assert (await promise("80.00 USD", date="2026-03-29")).receipt, "that day has passed, and it is still owed"

    play(opening, story)


def test_of_two_promises_at_once_one_stands(opening: Opening) -> None:
    async def story(world: World) -> None:
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(
                    world.ask("promise_payment", call=call, subject=ALEX, amount="120.00 USD", date="2026-03-20")
                )
                for call in ("CA1", "CA2")
            ]
        assert sorted(task.result().refusal for task in asked) == ["", "already_promised"]

    play(opening, story)


@pytest.mark.parametrize(("score", "refusal"), [(0, ""), (10, ""), (11, "unavailable"), (-1, "unavailable")])
def test_a_survey_takes_zero_to_ten(opening: Opening, score: int, refusal: str) -> None:
    async def story(world: World) -> None:
        for _ in range(2):
            answer = await world.ask("record_survey", key="one", score=score, comment="Fine")
            assert (answer.refusal, answer.receipt) == (refusal, None)
        assert len(await world.outbox()) == (0 if refusal else 1)

    play(opening, story)
