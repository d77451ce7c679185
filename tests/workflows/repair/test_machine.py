"""No person is on the line."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

ENDS = (
    "please leave a message after the tone",
    "you have reached the voicemail of Sam, leave a message after the beep",
    "this is a fax line",
    "I can't come to the phone right now",
)
TALKS = (
    "press one for sales, press two for support",
    "your call is important to us, please stay on the line",
    "hello, I'm a virtual assistant calling on behalf of a client",
    "all our agents are busy right now",
)
LOOP = ("the shop is closed on public holidays as always", "we value every one of our dear customers highly")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recording_is_left_at_once(seed: int) -> None:
    rng = draw("machine", seed)
    talk = booking(rng)
    talk.words_heard(some(rng, ENDS))
    assert Repair.MACHINE in talk.repairs, talk.meant
    assert talk.ending == ("hang_up", "machine")


@pytest.mark.parametrize("seed", SEEDS)
def test_what_may_be_a_person_is_asked_first(seed: int) -> None:
    rng = draw("machine.talks", seed)
    talk = booking(rng)
    talk.words_heard(some(rng, TALKS))
    assert Repair.MACHINE in talk.repairs, talk.meant
    assert talk.ending == ("", "")
    talk.words_heard(some(rng, TALKS))
    assert talk.ending == ("hang_up", "machine")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_words_in_a_circle_are_no_persons(seed: int) -> None:
    rng = draw("machine.loop", seed)
    talk = booking(rng)
    said = some(rng, LOOP)
    for _ in range(6):
        if not talk.ending[0]:
            talk.words_heard(said)
    assert Repair.MACHINE in talk.repairs
    assert talk.ending[0]
