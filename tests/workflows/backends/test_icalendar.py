"""Closures out of iCalendar files: whole days, times, repetitions and their exceptions, and files that are broken."""

from __future__ import annotations

from datetime import date

import pytest

from calls.errors import ConfigurationError
from workflows.backends.icalendar_file import Reach, read_closures

REACH = Reach(date(2026, 1, 1), date(2027, 12, 31), "America/New_York")


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:a@example.com", "SUMMARY:A day off", *lines, "END:VEVENT"])


def read(*events: str, reach: Reach = REACH) -> list[str]:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *events, "END:VCALENDAR", ""])
    found = read_closures(text.encode(), "days.ics", reach)
    return [f"{one.starts:%Y-%m-%d %H:%M} {one.ends:%Y-%m-%d %H:%M}" for one in found]


DAY = ("DTSTART;VALUE=DATE:20260703",)
NOON = ("DTSTART;TZID=America/New_York:20260302T120000", "DTEND;TZID=America/New_York:20260302T130000")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (DAY, ["2026-07-03 00:00 2026-07-04 00:00"]),
        ((*DAY, "DTEND;VALUE=DATE:20260706"), ["2026-07-03 00:00 2026-07-06 00:00"]),
        ((*DAY, "DURATION:P2D", "TRANSP:TRANSPARENT"), ["2026-07-03 00:00 2026-07-05 00:00"]),
        ((*DAY, "STATUS:CANCELLED"), []),
        (("DTSTART:20260703T120000", "DTEND:20260703T140000"), ["2026-07-03 12:00 2026-07-03 14:00"]),
        (("DTSTART:20260703T160000Z", "DURATION:PT2H"), ["2026-07-03 12:00 2026-07-03 14:00"]),
        (("DTSTART;TZID=Europe/London:20260703T170000", "DURATION:PT2H"), ["2026-07-03 12:00 2026-07-03 14:00"]),
        (("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY"),
         ["2026-01-01 00:00 2026-01-02 00:00", "2027-01-01 00:00 2027-01-02 00:00"]),
        (("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270101"),
         ["2026-01-01 00:00 2026-01-02 00:00"]),
        (("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY;UNTIL=20260601T000000Z"),
         ["2026-01-01 00:00 2026-01-02 00:00"]),
        # Noon stays noon when the clocks change between the two.
        ((*NOON, "RRULE:FREQ=WEEKLY;COUNT=2"),
         ["2026-03-02 12:00 2026-03-02 13:00", "2026-03-09 12:00 2026-03-09 13:00"]),
        ((*NOON, "RRULE:FREQ=WEEKLY;UNTIL=20260309"),
         ["2026-03-02 12:00 2026-03-02 13:00", "2026-03-09 12:00 2026-03-09 13:00"]),
        ((*DAY, "RDATE;VALUE=DATE:20260710"),
         ["2026-07-03 00:00 2026-07-04 00:00", "2026-07-10 00:00 2026-07-11 00:00"]),
        (("DTSTART;VALUE=DATE:20250703",), []),
        (("DTSTART;VALUE=DATE:20290703",), []),
    ],
)  # fmt: skip
def test_an_event_is_a_closure(lines: tuple[str, ...], found: list[str]) -> None:
    assert read(event(*lines)) == found


def test_a_single_change_takes_the_place_of_its_occurrence() -> None:
    moved = event("RECURRENCE-ID;VALUE=DATE:20270101", "DTSTART;VALUE=DATE:20270104")
    dropped = event("RECURRENCE-ID;VALUE=DATE:20260101", "DTSTART;VALUE=DATE:20260101", "STATUS:CANCELLED")
    yearly = event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY")
    assert read(yearly, moved, dropped) == ["2027-01-04 00:00 2027-01-05 00:00"]


def test_a_file_without_events_closes_nothing() -> None:
    assert read() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "no whole calendar"),
        (b"hello", "no iCalendar file"),
        (b"\xff\xfe\x00", "no iCalendar file"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "no whole calendar"),
        (b"x" * 2_000_001, "at most"),
    ],
)
def test_what_is_no_calendar_is_refused_by_name(text: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=r"days\.ics") as caught:
        read_closures(text, "days.ics", REACH)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART:soon",), "DTSTART"),
        (("DTEND;VALUE=DATE:20260706",), "DTSTART"),
        (("DTSTART:20260703T120000",), "no length"),
        (("DTSTART:20260703T120000", "DTEND:20260703T110000"), "ends before"),
        ((*DAY, "DTEND:20260703T110000"), "starts on a day"),
        (("DTSTART:20260703T120000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"), "repeats SECONDLY"),
        (("DTSTART;VALUE=DATE:20260703", "RRULE:FREQ=DAILY;INTERVAL=0"), "INTERVAL"),
    ],
)
def test_a_broken_event_is_named(lines: tuple[str, ...], why: str) -> None:
    with pytest.raises(ConfigurationError, match="A day off") as caught:
        read(event(*lines))
    assert why in str(caught.value)


def test_too_many_closures_are_refused() -> None:
    daily = event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY")
    with pytest.raises(ConfigurationError, match="--until"):
        read(daily, reach=Reach(date(2026, 1, 1), date(2046, 1, 1), "UTC"))
