"""What providers are noticed doing, what they charge for, and what of a limit on spending is used up."""

from __future__ import annotations

from typing import Literal

NoticeKind = Literal[
    "failed", "switched", "slow", "hedged", "reconnected", "opened", "half_open", "recovered", "unused"
]
"""``failed``: gave up on a request or a session. ``switched``: another one is at work in its place. ``slow``: nothing
came within its time. ``hedged``: a second request runs beside a silent one. ``reconnected``: its connection was lost
and is back. ``opened``: it is not asked for a while. ``half_open``: one request tries it again. ``recovered``: it is
asked again. ``unused``: something that the line sets has no meaning for it."""

Unit = Literal[
    "audio_seconds", "characters", "requests", "tokens_fresh", "tokens_cached", "tokens_stored", "tokens_written"
]
"""What providers charge for. Tokens: read anew, read from the vendor's cache, written to it, written by the model."""

SpendScope = Literal["call", "line", "house"]
"""One call; a line's calls of a day; all lines' calls of a day."""

SpendStep = Literal["warned", "economised", "exceeded"]
"""``warned``: most of a limit is used up. ``economised``: cheaper providers serve from here on. ``exceeded``: all of
it is: a call is brought to an end by its own limit; by one of the day no further calls are taken."""
