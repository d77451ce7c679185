"""A doubtful partial is masked, and stops the caller when the next one says so too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.safety.cards import CardEar
from calls.card_watch import MASK, CardScreen
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from calls.signals import CallerSaid, SpeechGrew, TurnLikely
from calls.speech import Heard
from calls.state import CallState

FACTS = CallFacts("c", "", "l", "", "", "", "en-US", "UTC", "2026-03-16T10:00:00+00:00")
PHONE = Guidance("ask", primary="phone", slots=(SlotExpectation("phone", "phone"),))
DOUBLED = "212-5550-1212-5550"
CARD = "four two four two four two four two four two four two four"


class Screened:
    """One call's screen, in front of a script that asks for a telephone number."""

    def __init__(self) -> None:
        self._screen = CardScreen(CardEar(), "en-US", lambda state, at_ms: FACTS, pays=False)
        self.state = CallState()

    def grows(self, text: str) -> tuple[str, bool]:
        """What is let pass of a partial, and whether the caller is stopped."""
        signal = self._screen.clean(SpeechGrew(1_000.0, text), PHONE, self.state, 5_000.0)
        assert isinstance(signal, SpeechGrew)
        return signal.text, signal.card

    def ends(self, text: str, *, likely: bool = False) -> tuple[str, bool]:
        """The same of a whole turn."""
        heard = Heard(text, 1_000.0, 5_000.0)
        signal = self._screen.clean(TurnLikely(heard) if likely else CallerSaid(heard), PHONE, self.state, 5_000.0)
        assert isinstance(signal, TurnLikely | CallerSaid)
        return signal.heard.text, signal.heard.card


def test_what_was_doubled_and_then_right_is_let_pass() -> None:
    screened = Screened()
    assert screened.grows("212-52") == ("212-52", False)
    assert screened.grows(DOUBLED) == (MASK, False)
    assert screened.grows("Two one two five five five zero one") == ("Two one two five five five zero one", False)
    assert screened.grows(DOUBLED) == (MASK, False), "it is doubled anew"
    assert screened.ends("212-555-0153", likely=True) == ("212-555-0153", False)
    assert screened.ends("212-555-0153") == ("212-555-0153", False)


@pytest.mark.parametrize("text", [DOUBLED, CARD])
def test_what_the_next_partial_says_too_stops_the_caller(text: str) -> None:
    screened = Screened()
    assert [screened.grows(text), screened.grows(f"{text} two")] == [(MASK, False), (MASK, True)]


@pytest.mark.parametrize("text", [DOUBLED, CARD])
def test_so_does_a_whole_turn(text: str) -> None:
    screened = Screened()
    assert screened.grows(text) == (MASK, False)
    assert screened.ends(text) == (MASK, True)


def test_a_doubt_is_of_its_own_turn() -> None:
    screened = Screened()
    assert screened.grows(CARD) == (MASK, False)
    screened.state = replace(screened.state, turn=1)
    assert screened.grows(CARD) == (MASK, False)
    assert screened.grows(CARD) == (MASK, True)


def test_digits_of_which_none_come_twice_stop_the_caller_at_once() -> None:
    assert Screened().grows("4539 1488 0343 6") == (MASK, True)
