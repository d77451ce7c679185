"""Who is calling, on both back ends: one neutral answer, and an end to guessing."""

from __future__ import annotations

from typing import Any

import pytest

from calls.run import ActionSettled
from tests.workflows.backends.world import Opening, World, play
from workflows.backends.practice import DEMO, Customer

ALEX = {"what": "customer", "last_name": "Kim", "date_of_birth": "1984-05-09"}


async def verify(world: World, **given: Any) -> ActionSettled:
    return await world.ask("verify_caller", **given)


def level(answer: ActionSettled) -> str:
    assert answer.receipt is None
    return str(answer.found.get("verified_level", answer.refusal))


@pytest.mark.parametrize(
    ("given", "proof"),
    [
        ({"last_name": "Kim"}, "code"),
        ({"last_name": "kim"}, "code"),
        ({}, "code"),
        ({"name": "Alex Kim", "phone": "+12125550143"}, "code"),
        ({"email": "ALEX.KIM@example.com", "postcode": "10013"}, "code"),
        ({"last_name": "Kimble"}, "not_matched"),
        ({"phone": "+12125550144"}, "not_matched"),
        ({"name": "Sam Kim"}, "not_matched"),
        ({"date_of_birth": "1984-05-10"}, "not_matched"),
    ],
)
def test_a_booking_is_proved_by_its_code_and_what_stands_on_it(
    opening: Opening, given: dict[str, str], proof: str
) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        answer = await verify(world, what="booking", code=f" {code.lower()[:2]}-{code[2:]}", **given)
        assert level(answer) == proof
        if proof == "code":
            assert answer.found["verified_subject"] == f"booking:{code}"

    play(opening, story)


@pytest.mark.parametrize(
    ("given", "proof"),
    [
        (ALEX, "facts"),
        ({"what": "customer", "name": "Maria López", "postcode": "11 201"}, "facts"),
        ({"what": "customer", "last_name": "O'Brien", "phone": "+12125550145"}, "facts"),
        ({"what": "customer", "last_name": "o brien", "phone": "+12125550145"}, "facts"),
        ({"what": "customer", "last_name": "Obrien", "phone": "+12125550145"}, "facts"),
        ({"what": "customer", "last_name": "Rien", "phone": "+12125550145"}, "not_matched"),
        ({**ALEX, "date_of_birth": "1984-05-08"}, "not_matched"),
        ({**ALEX, "last_name": "Nobody"}, "not_matched"),
        ({**ALEX, "last_name": ""}, "not_matched"),
        ({**ALEX, "date_of_birth": ""}, "not_matched"),
        ({"what": "customer", "last_name": "%", "date_of_birth": "1984-05-09"}, "not_matched"),
    ],
)
def test_a_customer_is_proved_by_two_facts(opening: Opening, given: dict[str, str], proof: str) -> None:
    async def story(world: World) -> None:
        assert level(await verify(world, **given)) == proof

    play(opening, story)


def test_what_is_wrong_and_what_does_not_exist_sound_the_same(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        wrong = await verify(world, key="a", what="booking", code=code, last_name="Smith")
        missing = await verify(world, key="a2", what="booking", code="ZZZZZ", last_name="Kim")
        assert (wrong.refusal, wrong.found, wrong.receipt) == (missing.refusal, missing.found, missing.receipt)
        assert (wrong.refusal, dict(wrong.found)) == ("not_matched", {})

    play(opening, story)


def test_two_people_with_the_same_facts_are_nobody(opening: Opening) -> None:
    twins = (*DEMO.customers, Customer("c9", "Alexa Kim", "+12125550149", date_of_birth="1984-05-09"))

    async def story(world: World) -> None:
        assert level(await verify(world, **ALEX)) == "not_matched"
        assert level(await verify(world, **ALEX, phone="+12125550149")) == "facts"

    play(opening, story, customers=twins)


@pytest.mark.parametrize(
    "given",
    [
        {"what": "customer", "phone": "+12125550143"},
        {"what": "customer", "last_name": "Kim"},
        {"what": "booking"},
        {"what": "house", "code": "ACFHJ"},
        {"what": "booking", "code": "ACFHJ", "shoe_size": "44"},
    ],
    ids=["a number alone", "a name alone", "nothing", "no record", "no fact"],
)
def test_what_proves_nothing_is_a_mistake_of_the_script(opening: Opening, given: dict[str, str]) -> None:
    async def story(world: World) -> None:
        assert (await verify(world, **given)).refusal == "unavailable"

    play(opening, story)


def test_five_wrong_answers_lock_a_caller_out_for_an_hour(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(5):
            assert level(await verify(world, what="booking", code=f"ZZZZ{n}")) == "not_matched"
        assert level(await verify(world, **ALEX)) == "locked", "also with the right answer"
        assert level(await verify(world, caller="+12125550143", **ALEX)) == "facts", "another phone is not"
        world.passes(minutes=59)
        assert level(await verify(world, **ALEX)) == "locked"
        world.passes(minutes=1)
        assert level(await verify(world, **ALEX)) == "facts", "trying while it was locked did not make it longer"

    play(opening, story)


def test_a_record_is_locked_whoever_guesses_and_whether_it_exists(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        for right in (code, "ZZZZZ"):
            for n in range(5):
                wrong = await verify(world, caller=f"+1212555020{n}", what="booking", code=right, last_name="Smith")
                assert level(wrong) == "not_matched"
            locked = await verify(world, caller="+12125550209", what="booking", code=right, last_name="Kim")
            assert (level(locked), dict(locked.found)) == ("locked", {})

    play(opening, story)


def test_those_who_withhold_their_number_do_not_lock_each_other_out(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(6):
            last = await verify(world, call="CA1", caller="anonymous", what="booking", code=f"ZZZZ{n}")
        assert level(last) == "locked"
        assert level(await verify(world, call="CA2", caller="anonymous", **ALEX)) == "facts"

    play(opening, story)


def test_those_who_withhold_their_number_guess_no_codes_from_call_to_call(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        right = {"what": "booking", "code": code, "last_name": "Kim"}
        for n in range(20):
            caller = ("anonymous", "", "+266696687")[n % 3]
            guess = await verify(world, call=f"CX{n}", caller=caller, what="booking", code=f"ZZZ{n}", last_name="Kim")
            assert level(guess) == "not_matched"
        for caller in ("anonymous", "", "+266696687", "sip:somebody"):
            locked = await verify(world, call=f"CY{caller}", caller=caller, **right)
            assert (level(locked), dict(locked.found)) == ("locked", {}), "also with the right answer"
        assert level(await verify(world, call="CZ1", **right)) == "code", "who shows their number is not locked out"
        world.passes(minutes=61)
        assert level(await verify(world, call="CZ2", caller="", **right)) == "code"

    play(opening, story)


def test_a_slow_guesser_without_a_number_is_stopped_too(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(60):
            given = {"what": "customer", "postcode": f"{20000 + n}", "date_of_birth": "1984-05-09"}
            assert level(await verify(world, call=f"CX{n}", caller="", **given)) == "not_matched"
            world.passes(minutes=11)
        assert level(await verify(world, call="CY", caller="", **ALEX)) == "locked"
        assert level(await verify(world, call="CZ", **ALEX)) == "facts"

    play(opening, story)


def test_one_call_without_a_number_has_five_guesses_whatever_is_guessed(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(5):
            given = {"what": "customer", "postcode": f"{20000 + n}", "date_of_birth": f"1984-05-1{n}"}
            assert level(await verify(world, caller="", **given)) == "not_matched"
        assert level(await verify(world, caller="", **ALEX)) == "locked"

    play(opening, story)


def test_a_code_sent_by_text_lets_in_who_withholds_their_number_while_guessing_is_stopped(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(20):
            await verify(world, call=f"CX{n}", caller="", what="booking", code=f"ZZZ{n}", last_name="Kim")
        await world.ask("send_code", call="CY", caller="", phone="+12125550143")
        sent = await world.drawn()
        assert sent is not None
        given = {"what": "customer", "one_time_code": sent.text}
        assert level(await verify(world, call="CY", caller="", **given)) == "one_time_code"

    play(opening, story)


def test_wrong_answers_far_apart_lock_nobody_out(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(8):
            assert level(await verify(world, what="booking", code=f"ZZZZ{n}")) == "not_matched"
            world.passes(minutes=16)

    play(opening, story)


def test_the_same_attempt_counts_once(opening: Opening) -> None:
    async def story(world: World) -> None:
        for _ in range(8):
            assert level(await verify(world, key="one", what="booking", code="ZZZZZ")) == "not_matched"
        assert level(await verify(world, **ALEX)) == "facts"

    play(opening, story)


def test_who_proves_it_wipes_the_slate_of_the_record_not_their_own(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(4):
            await verify(world, caller="+12125550201", what="booking", code="ZZZZ" + str(n))
        assert level(await verify(world, caller="+12125550201", **ALEX)) == "facts"
        await verify(world, caller="+12125550201", what="booking", code="ZZZZ9")
        assert level(await verify(world, caller="+12125550201", **ALEX)) == "locked"

    play(opening, story)


# --- one-time codes ---------------------------------------------------------------------------------


def test_a_code_goes_to_the_number_on_record_and_proves_the_caller(opening: Opening) -> None:
    async def story(world: World) -> None:
        asked = await world.ask("send_code", phone="+12125550143")
        assert (asked.refusal, dict(asked.found), asked.receipt) == ("", {}, None)
        sent = await world.drawn()
        assert sent is not None
        assert sent.phone == "+12125550143"
        assert len(sent.text) == 6
        wrong = "000000" if sent.text != "000000" else "000001"
        assert level(await verify(world, what="customer", one_time_code=wrong)) == "not_matched"
        proved = await verify(world, what="customer", one_time_code=sent.text)
        assert dict(proved.found) == {"verified_subject": "customer:c1", "verified_level": "one_time_code"}
        assert level(await verify(world, what="customer", one_time_code=sent.text)) == "not_matched", "once"

    play(opening, story)


def test_asking_for_a_code_tells_nothing(opening: Opening) -> None:
    async def story(world: World) -> None:
        known = await world.ask("send_code", key="a", phone="+12125550143")
        before = await world.outbox()
        unknown = await world.ask("send_code", key="b", call="CA2", phone="+12125550999")
        assert (known.refusal, known.found) == (unknown.refusal, unknown.found)
        assert await world.outbox() == before, "nothing is sent to a number nobody has on record"
        assert level(await verify(world, call="CA2", what="customer", one_time_code="123456")) == "not_matched"

    play(opening, story)


def test_a_code_lasts_ten_minutes_five_tries_and_one_call(opening: Opening) -> None:
    async def story(world: World) -> None:
        await world.ask("send_code", phone="+12125550143")
        sent = await world.drawn()
        assert sent is not None
        other = await verify(world, call="CA2", caller="+12125550202", what="customer", one_time_code=sent.text)
        assert level(other) == "not_matched", "another call"
        world.passes(minutes=10)
        assert level(await verify(world, what="customer", one_time_code=sent.text)) == "not_matched", "too old"
        await world.ask("send_code", phone="+12125550143")
        sent = await world.drawn()
        assert sent is not None
        for n in range(5):
            guess = f"{(int(sent.text) + n + 1) % 1_000_000:06}"
            await verify(world, caller=f"+1212555030{n}", what="customer", one_time_code=guess)
        last = await verify(world, caller="+12125550309", what="customer", one_time_code=sent.text)
        assert level(last) in ("not_matched", "locked")

    play(opening, story)


def test_codes_are_not_sent_without_end(opening: Opening) -> None:
    async def story(world: World) -> None:
        for n in range(5):
            assert not (await world.ask("send_code", call=f"CA{n}", phone="+12125550143")).refusal
        assert (await world.ask("send_code", call="CA9", phone="+12125550143")).refusal == "locked"
        world.passes(minutes=61)
        assert not (await world.ask("send_code", call="CA9", phone="+12125550143")).refusal
        before = len(await world.outbox())
        assert not (await world.ask("send_code", call="CA9", phone="+12125550143")).refusal
        assert len(await world.outbox()) == before, "the first one is still on its way"

    play(opening, story)


def test_a_code_for_a_booking_opens_the_booking_and_not_the_card(opening: Opening) -> None:
    async def story(world: World) -> None:
        code = await world.code()
        await world.ask("send_code", phone="+12125550143")
        sent = await world.drawn()
        assert sent is not None
        assert level(await verify(world, what="customer", one_time_code=sent.text)) == "not_matched"
        await world.ask("send_code", call="CA2", phone="+12125550143")
        sent = await world.drawn()
        assert sent is not None
        proved = await verify(world, call="CA2", what="booking", one_time_code=sent.text, last_name="Kim")
        assert proved.found["verified_subject"] == f"booking:{code}"

    play(opening, story, customers=(), balances=())
