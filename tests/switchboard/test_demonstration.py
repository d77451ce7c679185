from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from spoken import Context, Kind, parse
from switchboard.demonstration import FAVOURITE, Booker

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.mark.parametrize("weekday", range(7))
def test_the_caller_never_asks_for_a_sunday_or_the_same_day_twice(weekday: int) -> None:
    now = NOW + timedelta(days=weekday)
    booker, context = Booker(now), Context(now, "UTC")
    days = [parse(Kind.date, booker.day(""), context) for _ in range(8)]
    values = [day.value for day in days if day is not None]
    assert len(set(values)) == 8
    assert not any(datetime.fromisoformat(str(value)).weekday() == 6 for value in values)


def test_the_caller_takes_a_time_that_is_offered_instead() -> None:
    booker = Booker(NOW)
    assert booker.time("what time suits you?") == FAVOURITE
    taken = "i'm sorry, two thirty isn't available. the nearest i have is one thirty in the afternoon, or three."
    found = parse(Kind.time, booker.time(taken), Context(NOW, "UTC"))
    assert found is not None and found.value == "13:30"


@pytest.mark.parametrize(
    "words",
    [
        "would you like a cleaning, a check-up or a consultation?",
        "what day would you like to come in?",
        "what name shall i put it under?",
        "shall we use the number you are calling from, ending in zero one four two?",
        "shall i book it?",
        "is there anything else i can do for you?",
        "i have carter. is that right?",
    ],
)
def test_the_caller_has_an_answer_to_what_the_script_asks(words: str) -> None:
    habits = Booker(NOW).persona().habits
    habit = next(habit for habit in habits if re.search(habit.hears, words))
    assert habit.says and habit.hears != ".*"
