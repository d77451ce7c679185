"""No run of four digits of a card, a code or an expiry anywhere: whole payment calls, and everything they leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calls import session
from calls.session import CallSession
from calls.signals import KeyPressed
from records.recording import WavRecorder
from tests.counts import count
from tests.databases import Databases
from tests.secrecy.calling import folder, play
from tests.secrecy.looking import digits_heard_aloud, in_database, in_evening
from tests.secrecy.planting import Mode, Planted, party, planted

CALLS = count(1_000, 9)
AT_ONCE = 20


def rounds() -> Iterator[range]:
    """Seeds, as many as call at once."""
    return (range(first, min(first + AT_ONCE, CALLS)) for first in range(0, CALLS, AT_ONCE))


def test_no_card_is_anywhere(databases: Databases) -> None:
    leaks, gave_up, outcomes, heard = [], [], [], []
    for seeds in rounds():
        callers = party(seeds)
        with folder() as recordings:
            evening = play(callers, Path(recordings))
            leaks += list(in_evening(evening))
            with databases.fresh() as url:
                leaks += in_database(url, evening.calls)
        gave_up += [left.gave_up for left in evening.calls if left.gave_up]
        outcomes += [left.log[-1].name for left in evening.calls]
        heard += digits_heard_aloud(evening)
        assert all(left.recordings and left.heard and left.model_requests for left in evening.calls)
    most, usual = max(heard), sorted(heard)[len(heard) // 2]
    print(f"{len(outcomes)} payment calls: {len(leaks)} leaks; digits of a card said aloud that reached hearing before "
          f"it was shut: {usual} in the median, {most} at most")  # fmt: skip
    assert leaks == []
    assert gave_up == []
    assert outcomes == ["call.ended"] * CALLS


# --- the check can fail -------------------------------------------------------------------------


def spoilt(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Take one of the guards away."""
    match what:
        case "keys":
            monkeypatch.setattr(CallSession, "press", lambda self, digit: self.signal(KeyPressed(digit)))
            monkeypatch.setattr(session.SecureKeys, "open", False)
            spoilt(monkeypatch, "words")
        case "ears":
            real = CallSession.hear

            def hear(self: CallSession, frame: Any) -> None:
                self._shut, self._keys_sound_until_ms = False, 0.0
                real(self, frame)

            monkeypatch.setattr(CallSession, "hear", hear)
        case "words":
            monkeypatch.setattr(session.CardScreen, "clean", lambda self, signal, *_: signal)
        case "recording":
            spoilt(monkeypatch, "ears")
            monkeypatch.setattr(WavRecorder, "mute", lambda self, offset_ms, reason: None)


CAUGHT: list[tuple[str, Mode, tuple[str, ...]]] = [
    ("keys", "processor", ("event", "table")),
    ("ears", "processor", ("hearing",)),
    ("recording", "processor", ("recording caller",)),
    ("words", "aloud", ("event", "model request", "table")),
]


@pytest.mark.parametrize(("what", "mode", "where"), CAUGHT)
def test_a_guard_that_is_missing_is_noticed(
    what: str, mode: Mode, where: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, databases: Databases
) -> None:
    spoilt(monkeypatch, what)
    callers = [planted(seed, mode) for seed in (41, 43)]
    with folder() as recordings:
        evening = play(callers, Path(recordings))
        leaks = list(in_evening(evening))
        with databases.fresh() as url:
            leaks += in_database(url, evening.calls)
    for place in where:
        assert any(leak.where.startswith(place) for leak in leaks), (place, {leak.where for leak in leaks})


@pytest.mark.parametrize("mode", ["processor", "carrier", "aloud"])
def test_two_cards_leave_the_very_same_behind(mode: Mode) -> None:
    """Whatever the encoding: were anything of the number kept but its last four digits, the two calls would differ."""
    one, other = (left_of(planted(5, mode, variant, "8067")) for variant in (1, 2))
    assert one == other


def left_of(caller: Planted) -> list[object]:
    """The record, the recording and, of a card that is keyed, what reached hearing."""
    assert caller.number.endswith("8067")
    with folder() as recordings:
        (left,) = play([caller], Path(recordings)).calls
        heard = left.heard if caller.mode != "aloud" else b""
        # How loud the line was is measured of everything, and told in two digits.
        bodies = [envelope.body for envelope in left.log if not envelope.name.startswith("line.")]
        return [bodies, [path.read_bytes() for path in left.recordings], heard]
