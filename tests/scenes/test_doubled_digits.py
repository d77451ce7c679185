"""A recognizer has a number's digits twice while it is said: that is no card. A card in a number's place is one."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from agent.scripted import scripted_silence
from calls import events as ev
from calls.card_watch import MASK
from calls.signals import SpeechGrew
from telephony.twin import Caller
from tests.scenes.own_script import use
from tests.scenes.stage import House, Played, asked, run_scene
from tests.secrecy.planting import HEADS, Planted, card_of
from tests.secrecy.scanning import Wanted, in_text

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBER = "two one two five five five zero one four seven"


def twice_over(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    """Of every turn, the first partial with five digits or more has them three times."""
    opened = house.engine.real.open

    def open_doubling(line: Any, offset_ms: float) -> Any:
        session, doubled = opened(line, offset_ms), set[float]()
        run = session.run

        async def run_doubling(emit: Any) -> None:
            def doubling(signal: Any) -> None:
                words = signal.text.split() if isinstance(signal, SpeechGrew) else []
                if sum(word in DIGITS for word in words) >= 5 and signal.from_ms not in doubled:
                    doubled.add(signal.from_ms)
                    signal = replace(signal, text=" ".join([*words, *words, *words]))
                emit(signal)

            await run(doubling)

        session.run = run_doubling
        return session

    monkeypatch.setattr(house.engine.real, "open", open_doubling)


def dictated(phone_words: str, parts: int, gap_ms: int, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Played:
    """A number where a telephone number is asked for, in pieces of so many words."""
    use(monkeypatch, "phone", "offer_caller: false")

    async def caller(phone: Caller) -> None:
        await asked(phone, "What is it")
        await phone.says("please give me more time")
        await asked(phone, "What is it")
        words, said = phone_words.split(), b""
        for at in range(0, len(words), parts):
            said += await phone.voiced(" ".join(words[at : at + parts])) + scripted_silence(gap_ms)
        await phone.says(said, text=phone_words)
        await asked(phone)
        await phone.says("yes")
        await asked(phone, "Goodbye")

    return run_scene(caller, **how)


def test_a_number_that_was_doubled_and_then_right_is_taken_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    played = dictated(NUMBER, 3, 1_900, monkeypatch, prepare=partial(twice_over, monkeypatch))
    assert played.all(ev.CardStopped) == []
    assert [body.value for body in played.all(ev.SlotFilled)] == ["+12125550147"], played.transcript
    assert played.all(ev.SlotConfirmed), played.transcript
    assert MASK in str(played.all(ev.UtteranceCheckpointed)), "what was doubtful was masked"


@pytest.mark.parametrize("gap_ms", [100, 1_900])
@pytest.mark.parametrize("head", [*HEADS, "34", "37"])
def test_a_card_in_place_of_a_number_is_stopped(head: str, gap_ms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is said; one in which three digits come twice over at the end of the turn at the latest."""
    card = card_of(random.Random(head), head)
    words = " ".join(DIGITS[int(digit)] for digit in card)
    played = dictated(words, 4, gap_ms, monkeypatch, may_give_up=True)
    (stopped,) = played.all(ev.CardStopped)
    assert stopped.partial or len({card[at : at + 3] for at in range(11)}) < 11
    since = [str(event.body) for event in played.events if event.at_ms >= played.at(ev.CardStopped)[0]]
    wanted = Wanted([Planted(0, "aloud", card, "", "")])
    assert [leak for one in since for leak in in_text("event", one, wanted)] == []
    assert played.all(ev.SlotFilled) == []
