"""Values that come in parts, turn by turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spoken import Context, Kind, Parsed, extend, parse


def over_turns(kind: Kind, turns: list[str], context: Context) -> Parsed | None:
    """The first turn parsed, every further one added."""
    found = parse(kind, turns[0], context)
    for text in turns[1:]:
        assert found is not None, turns
        found = extend(kind, found.value, text, context)
        if found is not None:
            assert found.text == text[found.span[0] : found.span[1]]
    return found


AMERICAN = [
    (Kind.phone, ["two one two", "five five five", "oh one nine two"], "+12125550192", True),
    (Kind.phone, ["two one two", "double five five", "oh one double nine"], "+12125550199", True),
    (Kind.phone, ["two one two five five five", "um and then oh one nine two"], "+12125550192", True),
    (Kind.phone, ["two one two five five five", "sorry, five five six", "oh one nine two"], "+12125560192", True),
    (Kind.phone, ["five five five", "oh one nine two", "that's it"], "5550192", False),
    (Kind.phone, ["two one two", "no start again, six four six five five five oh one nine two"], "+16465550192", True),
    (Kind.phone, ["two one two five five five", "six four six five five five oh one nine two"], "+16465550192", True),
    (Kind.card, ["four two four two", "four two four two", "4242 4242"], "4242424242424242", True),
    (Kind.card, ["4242 4242 4242", "that's all"], "424242424242", False),
    (Kind.code, ["a b", "twelve oh four"], "AB1204", True),
    (Kind.code, ["x four", "b", "double seven", "that's it"], "X4B77", True),
    (Kind.postcode, ["nine oh two", "one oh"], "90210", True),
    (Kind.postcode, ["nine four one oh five", "one two three four"], "94105-1234", True),
    (Kind.date_of_birth, ["march fifth", "nineteen eighty two"], "1982-03-05", True),
    (Kind.date_of_birth, ["march fifth", "eighty two"], "1982-03-05", True),
    (Kind.date_of_birth, ["march fifth", "no, may fifth nineteen eighty two"], "1982-05-05", True),
    (Kind.spelled_name, ["s m i", "t h"], "Smith", True),
    (Kind.spelled_name, ["s m i t", "h"], "Smith", True),
    (Kind.spelled_name, ["m c", "d o n a l d", "that's it"], "McDonald", True),
    (Kind.spelled_name, ["s m i t h", "no, s m y t h e"], "Smythe", True),
    (Kind.spelled_name, ["j o", "double n", "y"], "Jonny", True),
    (Kind.datetime, ["on friday", "at three"], "2026-03-13T15:00", True),
    (Kind.datetime, ["at three", "friday"], "2026-03-13T15:00", True),
    (Kind.date_range, ["from friday", "until sunday"], "2026-03-13/2026-03-15", True),
    (Kind.date_range, ["the twentieth", "three nights"], "2026-03-20/2026-03-23", True),
    (Kind.date_range, ["the thirtieth", "till the second"], "2026-03-30/2026-04-02", True),
    (Kind.address, ["42 maple avenue", "apartment 4b"], "42 Maple Avenue, Apartment 4B", True),
    (Kind.address, ["42 maple avenue", "springfield illinois"], "42 Maple Avenue, Springfield Illinois", True),
    (Kind.address, ["maple avenue", "number forty two"], "42 Maple Avenue", True),
    (Kind.address, ["42 maple avenue", "no, 12 oak street"], "12 Oak Street", True),
    (Kind.person_name, ["anna", "and my last name is miller"], "Anna Miller", True),
]
BRITISH = [
    (Kind.phone, ["oh seven seven double oh", "nine hundred", "one two three"], "+447700900123", True),
    (Kind.postcode, ["s w one a", "one a a"], "SW1A 1AA", True),
    (Kind.postcode, ["m one", "one a e"], "M1 1AE", True),
    (Kind.code, ["zed", "treble four"], "Z444", True),
]


@pytest.mark.parametrize(("kind", "turns", "value", "complete"), AMERICAN)
def test_turns_add_up(kind: Kind, turns: list[str], value: str, complete: bool, context: Context) -> None:
    found = over_turns(kind, turns, context)
    assert found is not None
    assert (found.value, found.complete) == (value, complete)


@pytest.mark.parametrize(("kind", "turns", "value", "complete"), BRITISH)
def test_british_turns_add_up(kind: Kind, turns: list[str], value: str, complete: bool, british: Context) -> None:
    earlier = "" if turns[0] == "zed" else None
    found = over_turns(kind, turns, british) if earlier is None else extend(kind, "Z", turns[1], british)
    assert found is not None
    assert (found.value, found.complete) == (value, complete)


def test_a_bounded_code_is_whole_when_it_fits(context: Context) -> None:
    bounded = replace(context, length=6, pattern="[A-Z]{2}[0-9]{4}")
    first = parse(Kind.code, "a b", bounded)
    assert first is not None and not first.complete
    second = extend(Kind.code, first.value, "one two", bounded)
    assert second is not None and (second.value, second.complete) == ("AB12", False)
    third = extend(Kind.code, second.value, "oh four", bounded)
    assert third is not None and (third.value, third.complete) == ("AB1204", True)
    again = extend(Kind.code, second.value, "c d one two oh four", bounded)
    assert again is not None and again.value == "CD1204"


@pytest.mark.parametrize("kind", [Kind.phone, Kind.card, Kind.code, Kind.postcode])
@pytest.mark.parametrize("text", ["hang on a second", "let me find it", ""])
def test_a_turn_that_adds_nothing_is_none(kind: Kind, text: str, context: Context) -> None:
    assert extend(kind, "212", text, context) is None
