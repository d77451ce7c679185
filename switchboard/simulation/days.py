"""Days and times as a caller would name them: the pieces a template of the phrase bank can be filled with."""

from __future__ import annotations

from datetime import date, time, timedelta

from switchboard.simulation.numerals import cardinal, ordinal, two_digits
from switchboard.simulation.numerals import year as year_words

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
YEAR_AFTER = "year_after"
"""the piece which has to follow whatever template is used: the year, where a day and a month are not enough"""

_WITHOUT_YEAR_DAYS = 300
"""how far ahead a day and a month alone still mean one day"""
_FIRST_BARE_HOUR, _LAST_BARE_HOUR = 8, 18
"""between these a business understands "two" or "nine" without morning or evening"""


def date_pieces(day: date, today: date, locale: str) -> dict[str, str]:
    """What `day` can be called on `today`; relative names only where they mean exactly that day."""
    ahead = (day - today).days
    weekday = WEEKDAYS[day.weekday()]
    made = {
        "weekday": weekday,
        "month": MONTHS[day.month - 1],
        "ordinal": ordinal(day.day),
        "cardinal": cardinal(day.day),
    }
    if not 0 <= ahead <= _WITHOUT_YEAR_DAYS:
        return made | {YEAR_AFTER: year_words(day.year, locale)}
    made["numeric"] = _numeric(day, locale)
    relative = _relative(ahead, locale)
    if relative:
        made["relative"] = relative
    if 1 <= ahead <= 6:
        made["coming"] = weekday
    if day.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]:
        made["next_week"] = weekday
    if locale == "en-GB" and 8 <= ahead <= 13:
        made["week_on"] = weekday
    if day == _next_with_number(today, day.day):
        made["day"] = ordinal(day.day)
    return made


def birth_pieces(day: date, locale: str) -> dict[str, str]:
    """What a date of birth can be said with."""
    return {
        "month": MONTHS[day.month - 1],
        "ordinal": ordinal(day.day),
        "cardinal": cardinal(day.day),
        "numeric": _numeric(day, locale),
        "year": year_words(day.year, locale),
        "short_year": two_digits(day.year % 100),
    }


def time_pieces(at: time, locale: str) -> dict[str, str]:
    """What a time of day can be called; bare hours only within a business's day."""
    hour = (at.hour - 1) % 12 + 1
    words = cardinal(hour)
    clock = words if at.minute == 0 else f"{words} {two_digits(at.minute)}"
    made = {
        "full_clock": clock,
        "meridiem": "a m" if at.hour < 12 else "p m",
        "period": _period(at.hour),
        "military": f"{two_digits(at.hour)} {'hundred' if at.minute == 0 else two_digits(at.minute)}",
    }
    if (at.hour, at.minute) == (12, 0):
        made["noon"] = "noon" if locale == "en-US" else "midday"
    if not _FIRST_BARE_HOUR <= at.hour <= _LAST_BARE_HOUR:
        return made
    made["clock"] = clock
    if at.minute == 0:
        made["oclock"] = f"{words} o'clock"
    if at.minute % 5 == 0 and at.minute:
        made["past"] = _past(hour, at.minute, locale)
    if at.minute == 30 and locale == "en-GB":
        made["half_of"] = words
    return made


def date_in_two(day: date, today: date, locale: str) -> tuple[str, str]:
    """The stretch of time a day lies in ("next week", "in march"), and the rest of the day's name."""
    made = date_pieces(day, today, locale)
    if "next_week" in made:
        return "next week", made["weekday"]
    year = f" {made[YEAR_AFTER]}" if YEAR_AFTER in made else ""
    return f"in {made['month']}{year}", f"the {made['ordinal']}"


def _relative(ahead: int, locale: str) -> str:
    british = locale == "en-GB"
    return {
        0: "today",
        1: "tomorrow",
        2: "the day after tomorrow",
        7: "a week today" if british else "a week from today",
        14: "a fortnight today" if british else "two weeks from today",
    }.get(ahead, "")


def _next_with_number(today: date, number: int) -> date | None:
    """The next day after today whose number in its month is `number`, if this month or the next one has it."""
    for ahead in range(1, 32):
        day = today + timedelta(days=ahead)
        if day.day == number:
            return day
    return None


def _numeric(day: date, locale: str) -> str:
    first, second = (day.day, day.month) if locale == "en-GB" else (day.month, day.day)
    return f"{cardinal(first)} slash {cardinal(second)}"


def _period(hour: int) -> str:
    if hour < 12:
        return "in the morning"
    return "in the afternoon" if hour < 18 else "in the evening"


def _past(hour: int, minute: int, locale: str) -> str:
    after = "past" if locale == "en-GB" else "after"
    following = hour % 12 + 1
    if minute == 30:
        return f"half past {cardinal(hour)}"
    if minute == 15:
        return f"quarter {after} {cardinal(hour)}"
    if minute == 45:
        return f"quarter to {cardinal(following)}"
    if minute < 30:
        return f"{cardinal(minute)} {after} {cardinal(hour)}"
    return f"{cardinal(60 - minute)} to {cardinal(following)}"
