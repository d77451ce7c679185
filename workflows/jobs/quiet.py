"""When people are not to be disturbed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begins`` to ``ends`` on the clocks where somebody is; over midnight when it ends earlier."""

    begins: time
    ends: time

    @classmethod
    def read(cls, written: str) -> QuietHours | None:
        """``21:00-08:00``; None for ``none``. Raises ValueError."""
        if written == "none":
            return None
        found = _HOURS.fullmatch(written)
        if found is None or found.group(1, 2) == found.group(3, 4):
            raise ValueError(f"{written!r} are no hours; write them like 21:00-08:00, or none")
        first, second, third, fourth = map(int, found.groups())
        return cls(time(first, second), time(third, fourth))

    def over(self, now: datetime, timezone: str) -> datetime:
        """The first moment from ``now`` (aware) on at which somebody in ``timezone`` may be disturbed; UTC."""
        zone = ZoneInfo(timezone)
        local = now.astimezone(zone)
        at = local.time().replace(tzinfo=None)
        if self.begins < self.ends:
            quiet = self.begins <= at < self.ends
            day = local.date()
        else:
            quiet = at >= self.begins or at < self.ends
            day = local.date() + timedelta(days=1 if at >= self.begins else 0)
        if not quiet:
            return now.astimezone(UTC)
        # A time the clocks skip is taken as they would have shown it: an hour later, never earlier.
        return datetime.combine(day, self.ends, zone).astimezone(UTC)
