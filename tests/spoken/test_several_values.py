"""Several values in one answer, and values completed over turns."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from spoken import Choice, Context, Kind, extend, parse, parse_all

BOOKING = [Kind.party_size, Kind.date, Kind.time, Kind.person_name]
ANSWERS = {
    "a table for four tomorrow at seven under the name of Miller": (4, "2026-03-11", "19:00", "Miller"),
    "A table for four, tomorrow at seven, under Miller.": (4, "2026-03-11", "19:00", "Miller"),
    "tomorrow at seven for four people my name is anna miller": (4, "2026-03-11", "19:00", "Anna Miller"),
    "for two on friday at eight pm": (2, "2026-03-13", "20:00", None),
    "me and my wife this saturday around half past six": (2, "2026-03-14", "18:30", None),
    "saturday the fourteenth at quarter to eight in the evening party of six": (6, "2026-03-14", "19:45", None),
    "four of us on the twentieth at noon": (4, "2026-03-20", "12:00", None),
    "tuesday no thursday at three no four for two i mean three people": (3, "2026-03-12", "16:00", None),
    "could i get a table for five next friday at six thirty please": (5, "2026-03-20", "18:30", None),
    "hi my name is miller and i'd like a table for two tonight at nine": (2, "2026-03-10", "21:00", "Miller"),
    "we're four and we'd like to come on saturday at noon": (4, "2026-03-14", "12:00", None),
    "were two and wed like friday at noon": (2, "2026-03-13", "12:00", None),
    "It's for Anna Miller, tomorrow at seven pm, four people": (4, "2026-03-11", "19:00", "Anna Miller"),
    "table for eight at eight pm on the eighth": (8, "2026-04-08", "20:00", None),
    "a table for to at ate pm tomorrow": (2, "2026-03-11", "20:00", None),
    "next week on wednesday in the evening at seven for the two of us": (2, "2026-03-18", "19:00", None),
    "no the date is wrong it should be the sixteenth": (None, "2026-03-16", None, None),
    "i need to change the time to eight thirty": (None, None, "08:30", None),
    "tomorrow": (None, "2026-03-11", None, None),
    "at seven pm": (None, None, "19:00", None),
    "a table for two": (2, None, None, None),
    "i would like to book a table": (None, None, None, None),
    "hello": (None, None, None, None),
    "what do you mean": (None, None, None, None),
}


@pytest.mark.parametrize(("said", "meant"), ANSWERS.items())
def test_booking_answer(said: str, meant: tuple[object, ...], context: Context) -> None:
    values = {parsed.kind: parsed.value for parsed in parse_all(BOOKING, said, context)}
    assert tuple(values.get(kind) for kind in BOOKING) == meant


@pytest.mark.parametrize("said", ANSWERS)
def test_no_word_is_used_twice_and_order_is_kept(said: str, context: Context) -> None:
    found = parse_all([*Kind], said, context)
    for a, b in pairwise(found):
        assert a.span[1] <= b.span[0]


def test_datetime_and_the_rest(context: Context) -> None:
    said = "i'd like a cleaning on the fourteenth at half past two and my number is 212 555 0192"
    found = {p.kind: p.value for p in parse_all([Kind.choice, Kind.datetime, Kind.phone], said, context)}
    assert found == {
        Kind.choice: "cleaning",
        Kind.datetime: "2026-03-14T14:30",
        Kind.phone: "+12125550192",
    }


def test_a_value_may_stand_inside_another(context: Context) -> None:
    found = parse_all([Kind.datetime, Kind.party_size], "friday for four people at seven pm", context)
    assert [(p.value, p.text) for p in found] == [(4, "four people"), ("2026-03-13T19:00", "seven pm")]


def test_a_kind_named_twice_is_found_twice(context: Context) -> None:
    found = parse_all([Kind.email, Kind.number, Kind.number], "five of the red and seven of the blue", context)
    assert [p.value for p in found] == [5, 7]


@pytest.mark.parametrize(
    ("said", "day", "clock"),
    [
        ("change the day to friday and the time to eleven", "2026-03-13", "11:00"),
        ("friday, and the time is eleven", "2026-03-13", "11:00"),
    ],
)
def test_a_number_called_the_time_is_one(said: str, day: str, clock: str, context: Context) -> None:
    assert [one.value for one in parse_all([Kind.date, Kind.time], said, context)] == [day, clock]


def test_a_place_in_a_row_is_of_what_was_asked_for(context: Context) -> None:
    offered = replace(context, choices=(Choice("clean", ("cleaning",)), Choice("check", ("check-up",))))
    assert [one.value for one in parse_all([Kind.choice], "the second one", offered)] == ["check"]
    assert parse_all([Kind.choice, Kind.time], "the second one", offered) == []


def test_yes_with_a_new_value(context: Context) -> None:
    found = parse_all([Kind.yes_no, Kind.party_size], "no make it five people", context)
    assert {p.kind: p.value for p in found} == {Kind.yes_no: False, Kind.party_size: 5}


def test_yes_with_a_but_is_exposed(context: Context) -> None:
    parsed = parse(Kind.yes_no, "yes but make it five", context)
    assert parsed is not None
    assert (parsed.value, parsed.alternatives, parsed.complete) == (False, (True,), False)
    assert parsed.confidence < 0.5


def test_phone_in_groups_over_turns(context: Context) -> None:
    first = parse(Kind.phone, "two one two", context)
    assert first is not None
    assert not first.complete
    second = extend(Kind.phone, first.value, "five five five", context)
    assert second is not None
    assert not second.complete
    third = extend(Kind.phone, second.value, "oh one nine two", context)
    assert third is not None
    assert (third.value, third.complete) == ("+12125550192", True)


def test_time_for_a_day_already_said(context: Context) -> None:
    day = parse(Kind.datetime, "on friday", context)
    assert day is not None
    whole = extend(Kind.datetime, day.value, "at three", context)
    assert whole is not None
    assert (whole.value, whole.alternatives, whole.complete) == ("2026-03-13T15:00", ("2026-03-13T03:00",), True)


def test_day_for_a_time_already_said(context: Context) -> None:
    whole = extend(Kind.datetime, "15:00", "friday", context)
    assert whole is not None
    assert whole.value == "2026-03-13T15:00"


def test_a_new_whole_value_replaces_the_part(context: Context) -> None:
    whole = extend(Kind.datetime, "2026-03-13", "no saturday at four pm", context)
    assert whole is not None
    assert whole.value == "2026-03-14T16:00"


def test_card_and_code_in_groups(context: Context) -> None:
    card = extend(Kind.card, "42424242", "four two four two four two four two", context)
    assert card is not None
    assert card.complete
    code = extend(Kind.code, "AB", "twelve oh four", context)
    assert code is not None
    assert code.value == "AB1204"


@pytest.mark.parametrize(
    ("kind", "said", "others"),
    [
        ("time", "at seven", ("07:00",)),
        ("time", "half past two", ("02:30",)),
        ("date", "next friday", ("2026-03-13",)),
        ("date", "tuesday", ("2026-03-10",)),
        ("date", "thursday or friday", ("2026-03-13",)),
        ("party_size", "four or five", (5,)),
        ("choice", "exam or cleaning", ("cleaning",)),
    ],
)
def test_what_is_unsure_offers_alternatives(kind: str, said: str, others: tuple[object, ...], context: Context) -> None:
    parsed = parse(kind, said, context)
    assert parsed is not None
    assert parsed.alternatives == others
    assert parsed.confidence < 0.85
