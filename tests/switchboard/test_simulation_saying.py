"""How simulated callers say values, and what noise makes of it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.simulation import numerals
from switchboard.simulation.bank import HALVES, load_bank
from switchboard.simulation.noise import Noise, NoiseWords, Part, heard
from switchboard.simulation.saying import in_two_breaths, pieces_of, say, with_article

TODAY = date(2026, 11, 20)
"""a Friday"""


def pieces(kind: str, value: str, locale: str = "en-US") -> dict[str, str]:
    return pieces_of(kind, value, random.Random(1), today=TODAY, locale=locale)


@pytest.mark.parametrize(
    ("number", "cardinal", "ordinal"),
    [
        (0, "zero", "zeroth"),
        (3, "three", "third"),
        (12, "twelve", "twelfth"),
        (20, "twenty", "twentieth"),
        (21, "twenty one", "twenty first"),
        (115, "one hundred fifteen", "one hundred fifteenth"),
        (1002, "one thousand two", "one thousand second"),
    ],
)
def test_numbers_in_words(number: int, cardinal: str, ordinal: str) -> None:
    assert numerals.cardinal(number) == cardinal
    assert numerals.ordinal(number) == ordinal


def test_british_numbers_have_an_and() -> None:
    assert numerals.cardinal(115, "en-GB") == "one hundred and fifteen"
    assert numerals.cardinal(1002, "en-GB") == "one thousand and two"
    assert numerals.year(2003, "en-GB") == "two thousand and three"


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (1984, "nineteen eighty four"),
        (1905, "nineteen oh five"),
        (1900, "nineteen hundred"),
        (2026, "twenty twenty six"),
    ],
)
def test_years_in_words(year: int, words: str) -> None:
    assert numerals.year(year) == words


@pytest.mark.parametrize(
    ("day", "name", "words"),
    [
        ("2026-11-20", "relative", "today"),
        ("2026-11-21", "relative", "tomorrow"),
        ("2026-11-24", "coming", "tuesday"),
        ("2026-11-24", "next_week", "tuesday"),
        ("2026-11-27", "relative", "a week from today"),
        ("2026-12-03", "day", "third"),
        ("2026-12-03", "numeric", "twelve slash three"),
    ],
)
def test_near_days_have_near_names(day: str, name: str, words: str) -> None:
    assert pieces("date", day)[name] == words


@pytest.mark.parametrize(
    ("day", "absent"),
    [
        ("2026-11-20", "coming"),
        ("2026-11-27", "coming"),
        ("2026-12-03", "next_week"),
        ("2026-12-21", "day"),
        ("2026-12-20", "relative"),
        ("2027-12-03", "numeric"),
    ],
)
def test_a_name_that_would_mean_another_day_is_not_used(day: str, absent: str) -> None:
    assert absent not in pieces("date", day)


def test_a_far_day_is_said_with_its_year() -> None:
    for half in HALVES:
        for style in ("weekday", "month_day", "cardinal", "numeric"):
            words = load_bank(half).say("date", "2028-03-09", style, random.Random(2), today=TODAY)
            assert words.endswith("twenty twenty eight") and "march" in words


@given(ahead=st.integers(0, 400), seed=st.integers(0, 50), british=st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_day_without_its_month_is_the_next_such_day(ahead: int, seed: int, british: bool) -> None:
    day = TODAY + timedelta(days=ahead)
    locale = "en-GB" if british else "en-US"
    words = load_bank("worked").say("date", day.isoformat(), "ordinal", random.Random(seed), today=TODAY, locale=locale)
    month = day.strftime("%B").lower()
    if month not in words:
        earlier = [TODAY + timedelta(days=one) for one in range(1, ahead)]
        assert all(one.day != day.day for one in earlier)


@pytest.mark.parametrize(
    ("time", "name", "words"),
    [
        ("14:30", "clock", "two thirty"),
        ("14:30", "past", "half past two"),
        ("09:05", "clock", "nine oh five"),
        ("09:15", "past", "quarter after nine"),
        ("12:45", "past", "quarter to one"),
        ("12:00", "noon", "noon"),
        ("09:00", "military", "oh nine hundred"),
        ("19:00", "period", "in the evening"),
    ],
)
def test_times(time: str, name: str, words: str) -> None:
    assert pieces("time", time)[name] == words


def test_an_hour_that_could_be_morning_or_evening_is_not_said_bare() -> None:
    assert not {"clock", "oclock", "past"} & pieces("time", "07:00").keys()
    assert load_bank("worked").say("time", "07:00", "oclock", random.Random(1), today=TODAY).startswith("seven ")


def test_british_halves_and_weeks() -> None:
    assert pieces("time", "14:30", "en-GB")["half_of"] == "two"
    assert "half_of" not in pieces("time", "14:30")
    assert pieces("date", "2026-12-03", "en-GB")["week_on"] == "thursday"
    assert "week_on" not in pieces("date", "2026-12-03")


def test_telephone_numbers() -> None:
    made = pieces("phone", "+16175550142")
    assert made["digits"] == "six one seven five five five zero one four two"
    assert made["groups_oh"] == "six one seven, five five five, oh one four two"
    assert made["doubles"] == "six one seven triple five zero one four two"
    assert made["pairs"].endswith("zero one forty two")
    assert made["numerals"] == "617-555-0142"
    british = pieces("phone", "+447700900123", "en-GB")
    assert british["numerals"] == "07700-900-123"
    assert british["doubles_oh"] == "oh double seven double oh nine double oh one two three"


def test_codes() -> None:
    made = pieces("code", "K4-M0")
    assert made["letters"] == "k four m zero"
    assert made["nato_oh"] == "kilo four mike oh"
    assert made["as_in"] == "k as in king four m as in mary zero"
    assert made["as_in_some"] == "k four m as in mary zero"
    assert made["joined_upper"] == "K4M0"
    assert pieces("code", "Z1", "en-GB")["letters"] == "zed one"


def test_names_and_addresses() -> None:
    assert pieces("name", "Joan Pettigrew")["spelled_last"] == "p e t t i g r e w"
    assert pieces("name", "Joan Pettigrew", "en-GB")["spelled_last"] == "p e double t i g r e w"
    assert "last" not in pieces("name", "Prince")
    assert pieces("email", "s.miller2@example.com")["email_words"] == "s dot miller two at example dot com"


def test_sums() -> None:
    assert pieces("money", "45.50")["amount"] == "forty five dollars and fifty cents"
    assert pieces("money", "45.50", "en-GB")["amount"] == "forty five pounds and fifty p"
    assert pieces("money", "1")["amount"] == "one dollar"
    assert pieces("money", "40", "en-GB")["casual"] == "forty quid"


@pytest.mark.parametrize(
    ("kind", "value", "first", "rest"),
    [
        ("phone", "+15550142", "five five five", "zero one four two"),
        ("code", "K4M9", "k four", "m nine"),
        ("name", "Sarah Miller", "sarah", "miller"),
        ("date", "2027-03-09", "in march", "the ninth"),
        ("date", "2026-11-24", "next week", "tuesday"),
        ("time", "14:30", "in the afternoon", "two thirty"),
        ("email", "anna@example.com", "anna", "at example dot com"),
        ("date_of_birth", "1984-05-02", "may", "second nineteen eighty four"),
        ("choice", "exam", "exam", ""),
        ("money", "40", "forty dollars", ""),
        ("number", "3", "three", ""),
    ],
)
def test_a_value_in_two_breaths(kind: str, value: str, first: str, rest: str) -> None:
    made = in_two_breaths(kind, value, random.Random(1), today=TODAY)
    assert (made.first, made.rest) == (first, rest)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("locale", numerals.LOCALES)
def test_every_style_says_something(half: str, locale: str) -> None:
    bank = load_bank("worked" if half == "worked" else "held")
    examples = {
        "date": "2026-12-01", "time": "14:30", "phone": "+15550142", "name": "Sarah Miller", "code": "K4M9",
        "money": "45", "date_of_birth": "1984-05-02", "email": "a.b@example.com", "postcode": "02139", "number": 4,
        "party_size": 2, "choice": "Deep clean", "free_text": "It hums",
    }  # fmt: skip
    assert set(examples) == set(bank.values)
    for kind, styles in bank.values.items():
        for style in styles:
            words = bank.say(kind, examples[kind], style, random.Random(3), today=TODAY, locale=locale)
            assert words and "{" not in words


def test_the_same_seed_says_the_same() -> None:
    bank = load_bank("worked")
    first, second = (
        [bank.say("phone", "+15550142", "pauses", random.Random(seed), today=TODAY) for seed in range(20)]
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) > 3


@pytest.mark.parametrize(
    ("kind", "value"),
    [("date", "soon"), ("time", "25:00"), ("phone", "none"), ("code", "--"), ("name", " "), ("email", "anna"),
     ("money", "much"), ("money", "-1"), ("number", 10_000_000)],
)  # fmt: skip
def test_a_value_that_is_not_of_its_kind_is_refused(kind: str, value: str | int) -> None:
    with pytest.raises(ValueError):
        pieces_of(kind, value, random.Random(1), today=TODAY)


def test_another_locale_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="en-US, en-GB"):
        pieces("date", "2026-12-01", "fr-FR")


def test_a_value_no_template_fits_is_refused_with_its_pieces() -> None:
    with pytest.raises(ValueError, match="add one that uses full, spelled"):
        say("name", "Prince", {"odd": ["{last}"]}, "odd", random.Random(1), today=TODAY)


@pytest.mark.parametrize(
    ("noun", "words"),
    [
        ("exam", "an exam"),
        ("cleaning", "a cleaning"),
        ("braces", "braces"),
        ("x-ray", "an x-ray"),
        ("the works", "the works"),
    ],
)
def test_articles(noun: str, words: str) -> None:
    assert with_article(noun) == words


WORDS = NoiseWords(("um",), frozenset({"the", "please"}), {"four": ("for",)}, {"order": ("older",), "nine": ("five",)})
UTTERANCE = (Part("the order please"), Part("four nine", value=True))


def test_without_noise_words_arrive_as_said() -> None:
    assert heard(UTTERANCE, Noise(), WORDS, random.Random(1)) == "the order please four nine"


def test_each_kind_of_noise() -> None:
    assert heard(UTTERANCE, Noise(drop=1), WORDS, random.Random(1)) == "order four nine"
    assert heard(UTTERANCE, Noise(homophone=1), WORDS, random.Random(1)) == "the order please for nine"
    assert heard(UTTERANCE, Noise(slip=1), WORDS, random.Random(1)) == "the older please four nine"
    assert heard(UTTERANCE, Noise(value_slip=1), WORDS, random.Random(1)) == "the order please four five"
    assert heard(UTTERANCE, Noise(fill=1), WORDS, random.Random(1)) == "um the um order um please um four um nine"


def test_something_is_always_heard() -> None:
    assert heard((Part("please"),), Noise(drop=1), WORDS, random.Random(1)) == "please"


def test_noise_comes_at_its_rate() -> None:
    rng = random.Random(4)
    fillers = sum(heard((Part("word"),), Noise(fill=0.2), WORDS, rng) == "um word" for _ in range(2000))
    assert 340 <= fillers <= 460
