"""What every verb of ``switchboard calendar`` needs: the line, its business, and a transaction."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from calls.clock import utc_now
from calls.errors import ConfigurationError
from switchboard import settings
from switchboard.database import open_database
from switchboard.lines import LineBook


@dataclass(frozen=True, slots=True)
class Business:
    """The business behind a line, in one transaction."""

    name: str
    timezone: str
    """IANA"""
    now: datetime
    """aware, in the line's time zone"""
    connection: AsyncConnection

    @property
    def today(self) -> date:
        """Where the line is."""
        return self.now.date()


def with_line(verbs: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, about: str) -> (
    argparse.ArgumentParser
):
    """A verb whose first argument is a line."""
    parser = verbs.add_parser(verb, help=about)
    parser.add_argument("line", help="its name in lines.yaml; the calendar is that of the line's business")
    return parser


def for_whom(parser: argparse.ArgumentParser) -> None:
    """Options that narrow a change down."""
    parser.add_argument("--place", default="", help="only this place")
    parser.add_argument("--resource", default="", help="only this person, room or chair")


@contextlib.asynccontextmanager
async def business_of(line: str) -> AsyncIterator[Business]:
    """The business of a line; what is changed inside is kept when the block is left well."""
    chosen = settings.read()
    found = LineBook(chosen.lines).line(line)
    async with open_database(chosen) as engine, engine.begin() as connection:
        now = utc_now().astimezone(ZoneInfo(found.timezone))
        yield Business(found.business, found.timezone, now, connection)


def day_of(text: str) -> date:
    """A day as it is written on a command line. Raises ConfigurationError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no day; write it like 2026-12-24") from None
