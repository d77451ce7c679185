"""What is keyed in place of an answer is not kept, a card's digits least of all, in however many entries they come."""

from __future__ import annotations

import random
import re

import pytest

from agent.safety.cards import CardEar
from calls.card_watch import KEYED_MASK, MASK, CardScreen
from calls.guidance import NOTHING_EXPECTED, Guidance, KeyShape, SlotExpectation
from calls.keys import KeyEntry
from calls.run import CallFacts
from calls.signals import CallerSaid, SpeechGrew
from calls.speech import Heard, HeardBy
from calls.state import CallState
from tests.secrecy.planting import HEADS, card_of

FACTS = CallFacts("c", "", "l", "", "", "", "en-US", "UTC", "2026-03-16T10:00:00+00:00")
ALLOWED = frozenset({"FillSlot", "FillPart", "AskHuman", "Repeat", "Deny"})


def wants(kind: str, shape: KeyShape) -> Guidance:
    return Guidance("ask", "value", (SlotExpectation("value", kind, keys=shape),), ALLOWED)


DATE = wants("date", KeyShape(8, fixed=True, whole=(4, 6)))
TIME = wants("time", KeyShape(5, fixed=True, whole=(3, 4)))
PHONE = wants("phone", KeyShape(17, whole=(10, 11)))
NOTHING = NOTHING_EXPECTED


class Keyed:
    """One call: keys a quarter of a second apart, complete by their length or by a pause."""

    def __init__(self, pays: bool = False) -> None:
        self._screen = CardScreen(CardEar(), "en-US", lambda state, at_ms: FACTS, pays=pays)
        self._now = 0.0

    def press(self, digits: str, guidance: Guidance, after_ms: float = 500.0) -> list[Heard]:
        """What is let pass of the entries that the keys make."""
        entry, made = KeyEntry(guidance), []
        self._now += after_ms
        for digit in digits:
            self._now += 250.0
            made.append(entry.press(digit, self._now))
        made.append(entry.finish("pause"))
        cleaned = [self._screen.clean(CallerSaid(one), guidance, CallState(), self._now) for one in made if one]
        return [signal.heard for signal in cleaned if isinstance(signal, CallerSaid)]

    def says(self, words: str) -> None:
        self._now += 500.0
        self._screen.clean(SpeechGrew(self._now, words), DATE, CallState(), self._now)


def texts(heard: list[Heard]) -> list[str]:
    return [one.text for one in heard]


def test_a_card_cut_in_two_by_a_date_is_kept_in_neither() -> None:
    entries = Keyed().press("4111111111111111", DATE)
    assert texts(entries) == [KEYED_MASK, MASK]
    assert [one.card for one in entries] == [False, True]
    assert entries[1].from_ms == entries[0].from_ms, "the recording is silent from the first key on"


@pytest.mark.parametrize("guidance", [DATE, TIME, NOTHING], ids=["date", "time", "nothing"])
@pytest.mark.parametrize("pays", [False, True])
def test_no_card_leaves_four_digits_where_no_digits_like_them_are_asked_for(guidance: Guidance, pays: bool) -> None:
    rng = random.Random(7)
    for _ in range(200):
        # A card may begin with a value that is asked for, 22:21 and on, and that is taken for one.
        heads = [head for head in (*HEADS, "34", "37") if guidance is not TIME or head != "2221"]
        card = card_of(rng, rng.choice(heads))
        calls = Keyed(pays)
        for keys in (card, f"12{rng.randrange(27, 35)}", f"{rng.randrange(1000, 9999)}#"):
            kept = " ".join(texts(calls.press(keys, guidance)))
            assert not re.search(r"\d{4}", kept), (card, kept)


def test_nor_one_keyed_in_fours() -> None:
    call = Keyed()
    entries = [call.press(four, DATE, after_ms=2_500.0)[0] for four in ("4111", "1111", "1111", "1111")]
    assert texts(entries) == [KEYED_MASK, KEYED_MASK, KEYED_MASK, MASK]
    assert entries[-1].card


@pytest.mark.parametrize(
    ("keys", "guidance"),
    [("0317", DATE), ("03172026", DATE), ("09301", TIME), ("2125550143", PHONE), ("5550143", PHONE)],
)
def test_an_answer_stays_readable_also_after_a_slip(keys: str, guidance: Guidance) -> None:
    call = Keyed()
    assert texts(call.press(keys, guidance)) == [keys]
    assert texts(call.press("4317", guidance, 6_000.0)) == (["4317"] if guidance is PHONE else [KEYED_MASK])
    assert texts(call.press(keys, guidance, 6_000.0)) == [keys]
    assert texts(call.press(keys, guidance, 1_000.0)) == [keys]


def test_words_between_begin_anew() -> None:
    call = Keyed()
    assert texts(call.press("4111#", DATE)) == [KEYED_MASK]
    call.says("sorry that was wrong")
    assert texts(call.press("1111", DATE)) == ["1111"]


def test_what_follows_a_card_is_no_second_one() -> None:
    call = Keyed()
    assert [one.card for one in call.press("4111111111111111", PHONE)] == [True]
    (next_one,) = call.press("1", PHONE, 4_000.0)
    assert (next_one.text, next_one.card) == ("1", False)


def test_answers_that_happen_to_have_a_check_digit_are_no_card() -> None:
    call = Keyed()
    assert texts(call.press("4317", DATE)) == [KEYED_MASK]
    assert texts(call.press("0317", DATE, 4_000.0)) == ["0317"]
    chances = [texts(call.press(f"0{hour}{minute}1", TIME, 4_000.0)) for hour in (1, 2, 9) for minute in range(10, 60)]
    assert all(kept != [MASK] for kept in chances)


def test_a_slip_of_three_keys_is_no_secret() -> None:
    assert texts(Keyed().press("031", DATE)) == ["031"]


def test_keys_with_a_person_who_spells_their_name_are_no_row() -> None:
    named = Guidance("ask", "n", (SlotExpectation("n", "person_name", keys=KeyShape(80, text=True)),), ALLOWED)
    heard = Keyed().press("2162622101614353533273", named)
    assert texts(heard) == ["2162622101614353533273"] and heard[0].by is HeardBy.KEYS


def test_too_many_keys_for_a_phone_are_a_card_only_where_one_is_among_them() -> None:
    (slip,) = Keyed().press("21255501431234567#", PHONE)
    assert (slip.text, slip.card) == (KEYED_MASK, False)
    (card,) = Keyed().press("4111111111111111#", PHONE)
    assert (card.text, card.card) == (MASK, True)
