from __future__ import annotations

from calls.guidance import Guidance, SlotExpectation
from calls.keys import LONGEST, PAUSE_MS, QUICK_MS, KeyEntry
from calls.speech import HeardBy


def press(entry: KeyEntry, digits: str) -> str | None:
    for n, digit in enumerate(digits):
        heard = entry.press(digit, n * 100.0)
        if heard is not None:
            return heard.text
    return None


def test_a_hash_completes_an_entry() -> None:
    entry = KeyEntry()
    assert press(entry, "0317#") == "0317"
    assert not entry.open


def test_a_star_starts_anew() -> None:
    assert press(KeyEntry(), "99*0317#") == "0317"


def test_a_fixed_length_completes_itself() -> None:
    entry = KeyEntry(Guidance("s", "code", (SlotExpectation("code", "code", length=4),)))
    assert press(entry, "1234") == "1234"


def test_the_pause_completes_what_was_begun() -> None:
    entry = KeyEntry()
    assert press(entry, "55") is None
    heard = entry.finish("pause")
    assert heard is not None
    assert (heard.text, heard.from_ms, heard.to_ms, heard.by) == ("55", 0.0, 100.0, HeardBy.KEYS)
    assert entry.finish("pause") is None


def test_a_yes_is_not_kept_waiting() -> None:
    entry = KeyEntry(Guidance("s", proposed="2026-03-17"))
    entry.press("1", 0)
    assert entry.wait_ms() == QUICK_MS
    entry.press("2", 100)
    assert entry.wait_ms() == PAUSE_MS


def test_a_stuck_key_does_not_grow() -> None:
    entry = KeyEntry()
    press(entry, "5" * 1_000)
    assert len(entry.digits) == LONGEST
    assert entry.dropped == 1_000 - LONGEST
