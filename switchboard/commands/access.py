"""``switchboard token``: who may ask the API."""

from __future__ import annotations

import argparse
from datetime import timedelta

from calls.clock import utc_now
from calls.errors import ConfigurationError
from switchboard import settings
from switchboard.database import open_database


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    token = commands.add_parser("token", help="tokens for /api/v1 and for signing in")
    verbs = token.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="make a token; it is shown once")
    create.add_argument("--scope", action="append", required=True, metavar="SCOPE", help="calls:read")
    create.add_argument("--label", default="")
    create.add_argument("--days", type=int, default=0, help="expires after so many days; 0 = never")
    create.set_defaults(run=run_create)
    verbs.add_parser("list", help="all tokens, without their secrets").set_defaults(run=run_list)
    revoke = verbs.add_parser("revoke", help="a token that is no longer good")
    revoke.add_argument("token", help="its id, from: switchboard token list")
    revoke.set_defaults(run=run_revoke)


async def run_create(arguments: argparse.Namespace) -> int:
    """Only a digest is stored."""
    from records.tokens import Tokens

    now = utc_now()
    expires = now + timedelta(days=arguments.days) if arguments.days else None
    async with open_database(settings.read()) as engine:
        plain = await Tokens(engine).create(arguments.scope, now, label=arguments.label, expires_at=expires)
    print(plain)
    return 0


async def run_list(arguments: argparse.Namespace) -> int:
    """A line each."""
    from records.tokens import Tokens

    now = utc_now()
    async with open_database(settings.read()) as engine:
        for token in await Tokens(engine).find():
            state = "valid" if token.valid(now) else "not valid"
            print(f"{token.id:24} {','.join(token.scopes):24} {state:10} {token.label}")
    return 0


async def run_revoke(arguments: argparse.Namespace) -> int:
    """From the next request on."""
    from records.tokens import Tokens

    async with open_database(settings.read()) as engine:
        if not await Tokens(engine).revoke(arguments.token, utc_now()):
            raise ConfigurationError(f"there is no valid token {arguments.token!r}; see: switchboard token list")
    print(f"{arguments.token} is revoked")
    return 0
