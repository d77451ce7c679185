"""Keys become entries: what completes one, what takes it back, how long is waited, what is said in the same breath."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from calls import signals as sg
from calls.guidance import Guidance, KeyShape, SlotExpectation
from calls.keys import (
    LONGEST,
    PAUSE_MS,
    QUICK_MS,
    TEXT_PAUSE_MS,
    UNHURRIED_MS,
    UNHURRIED_ZERO_MS,
    WHOLE_MS,
    KeyEntry,
    Keypad,
    in_one_breath,
)
from calls.speech import Heard, HeardBy
from calls.state import CallState


def wants(kind: str, shape: KeyShape | None = None, **more: object) -> Guidance:
    slot = SlotExpectation("value", kind, keys=shape)
    return Guidance("s", "value", (slot,), **more)  # type: ignore[arg-type]


DATE = wants("date", KeyShape(8, fixed=True, whole=(4, 6)))
MONEY = wants("money", KeyShape(12, star=True))
NAME = wants("person_name", KeyShape(80, text=True))
CHOICE = wants("choice", KeyShape(1, fixed=True))
PHONE = wants("phone", KeyShape(17, whole=(10, 11)))


def press(entry: KeyEntry, digits: str) -> str | None:
    for n, digit in enumerate(digits):
        heard = entry.press(digit, n * 100.0)
        if heard is not None:
            return heard.text
    return None


@pytest.mark.parametrize(
    ("guidance", "keys", "entry"),
    [
        (Guidance("s"), "0317#", "0317"),
        (Guidance("s"), "99*0317#", "0317"),
        (Guidance("s"), "*", "*"),
        (Guidance("s"), "#", "#"),
        (Guidance("s", "code", (SlotExpectation("code", "code", length=4),)), "1234", "1234"),
        (DATE, "03172026", "03172026"),
        (DATE, "0317", None),
        (CHOICE, "2", "2"),
        (CHOICE, "0", "0"),
        (MONEY, "25*50#", "25*50"),
        (MONEY, "25**30#", "30"),
        (MONEY, "*", "*"),
        (NAME, "2166#", "2166"),
        (PHONE, "2125550192", None),
    ],
)
def test_what_completes_an_entry(guidance: Guidance, keys: str, entry: str | None) -> None:
    assert press(KeyEntry(guidance), keys) == entry


def test_the_pause_completes_what_was_begun() -> None:
    entry = KeyEntry()
    assert press(entry, "55") is None
    heard = entry.finish("pause")
    assert heard is not None
    assert (heard.text, heard.from_ms, heard.to_ms, heard.by) == ("55", 0.0, 100.0, HeardBy.KEYS)
    assert entry.finish("pause") is None


@pytest.mark.parametrize(
    ("guidance", "keys", "wait_ms"),
    [
        (Guidance("s", proposed="2026-03-17"), "1", QUICK_MS),
        (Guidance("s", proposed="2026-03-17"), "12", PAUSE_MS),
        (Guidance("s"), "3", QUICK_MS),
        (DATE, "0", PAUSE_MS),
        (DATE, "031", PAUSE_MS),
        (DATE, "0317", WHOLE_MS),
        (PHONE, "2125550192", WHOLE_MS),
        (NAME, "21", TEXT_PAUSE_MS),
        (wants("date", KeyShape(8, whole=(4,)), unhurried=True), "0317", UNHURRIED_MS),
        (wants("phone", KeyShape(17), unhurried=True), "21", UNHURRIED_MS),
        (wants("phone", KeyShape(17), unhurried=True), "0", UNHURRIED_ZERO_MS),
        (wants("phone", KeyShape(17)), "0", PAUSE_MS),
        (Guidance("s", proposed="x", unhurried=True), "1", QUICK_MS),
    ],
)
def test_how_long_a_further_key_is_waited_for(guidance: Guidance, keys: str, wait_ms: float) -> None:
    entry = KeyEntry(guidance)
    assert press(entry, keys) is None
    assert entry.wait_ms() == wait_ms


def test_a_number_keyed_in_place_of_the_one_read_back_is_not_cut_short() -> None:
    entry = KeyEntry(wants("choice", KeyShape(1, fixed=True), proposed="x"))
    assert press(entry, "2") is None


def test_a_stuck_key_does_not_grow() -> None:
    entry = KeyEntry()
    press(entry, "5" * 1_000)
    assert entry.digits == "5" * LONGEST


@dataclass
class Pad:
    """A keypad and what it tells."""

    told: list[sg.Signal] = field(default_factory=list)
    timers: dict[str, float] = field(default_factory=dict)
    pad: Keypad = field(init=False)

    def __post_init__(self) -> None:
        self.pad = Keypad(self.told.append, self)

    def start(self, timer: str, ms: float) -> None:
        self.timers[timer] = ms

    def stop(self, timer: str) -> None:
        self.timers.pop(timer, None)

    def press(self, keys: str) -> None:
        for n, key in enumerate(keys):
            self.pad.press(key, n * 100.0)


def test_an_entry_begins_like_speech_and_comes_whole() -> None:
    bench = Pad()
    bench.press("0317")
    assert bench.told == [sg.SpeechBegan(0.0, by=HeardBy.KEYS)]
    assert bench.timers == {"keys": PAUSE_MS} and bench.pad.open
    bench.pad.rang()
    (said,) = bench.told[1:]
    assert isinstance(said, sg.CallerSaid) and said.heard.text == "0317"
    assert not bench.pad.open


def test_the_terminator_of_an_entry_that_was_whole_is_no_entry() -> None:
    bench = Pad()
    bench.pad.expect(CHOICE)
    bench.press("2#")
    assert [type(signal) for signal in bench.told] == [sg.SpeechBegan, sg.CallerSaid]
    bench.pad.press("#", 5_000.0)
    assert len(bench.told) == 4


def test_keys_that_are_taken_back_hold_nothing() -> None:
    bench = Pad()
    bench.press("031*")
    assert bench.told[1:] == [sg.SpeechFaded("keys")]
    assert bench.timers == {}
    bench.pad.rang()
    assert len(bench.told) == 2, "a timer that rang a moment too late"


def test_what_was_pressed_before_is_forgotten_when_it_is_cleared() -> None:
    bench = Pad()
    bench.press("42")
    bench.pad.clear()
    assert not bench.pad.open and bench.timers == {}


KEYED = Heard("5550192", 3_000, 4_000, by=HeardBy.KEYS)
SPOKEN = Heard("four one five", 1_000, 2_000)


def test_words_before_keys_come_with_them() -> None:
    heard = in_one_breath(CallState(unanswered="four one five"), KEYED)
    assert (heard.text, heard.words, heard.by) == ("5550192", "four one five", HeardBy.KEYS)


def test_words_after_keys_that_are_not_understood_yet_come_with_them() -> None:
    heard = in_one_breath(CallState(keyed=KEYED, unanswered="that's it"), SPOKEN)
    assert (heard.text, heard.words, heard.by) == ("5550192", "that's it", HeardBy.KEYS)


def test_words_alone_are_words() -> None:
    assert in_one_breath(CallState(unanswered="four one five six"), SPOKEN).text == "four one five six"
