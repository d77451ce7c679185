"""A caller who wants a cleaning, speaks in tones and hears every word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from switchboard.simulated import Habit, Persona

TIMES = ("Nine in the morning.", "Ten in the morning.", "Eleven in the morning.", "Two in the afternoon.")
NAME = "Anna Miller"


def booker(ordinal: int = 0) -> Persona:
    """Callers of different ordinals (0 to 19) want different times, so that all can have what they want."""
    today = datetime.now(UTC).astimezone(ZoneInfo("America/New_York"))
    # from tomorrow on, so that no time has passed already
    day = next(f"{wish:%A}" for ahead in range(1, 8) if (wish := today + timedelta(ahead)).weekday() == ordinal % 5)
    return Persona(
        (
            Habit(r"put you through", "No, thank you."),
            Habit(r"shall i book|is (all )?(that|this) (right|correct)|did i get", "Yes, please."),
            Habit(r"anything else", "No, thank you. Goodbye."),
            Habit(r"goodbye"),
            Habit(r"cleaning, a check", "A cleaning, please."),
            Habit(r"(what|which) day", f"On {day}, please."),
            Habit(r"(what|which) time|catch the time|just the time|which would you like", TIMES[ordinal // 5 % 4]),
            Habit(r"spell", " ".join(NAME.split()[-1])),
            # A lone quick word is too short to be taken for speech.
            Habit(r"calling from|ending in", "Yes, please."),
            Habit(r"\bname\b", f"{NAME}."),
            Habit(r"number", "You can use the number I'm calling from."),
            Habit(r".*", "Could you repeat that, please?"),
        )
    )
