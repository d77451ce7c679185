"""``switchboard workflow new``: a script, a scenario and a line that lint, test and take a call."""

from __future__ import annotations

import argparse

from switchboard import settings
from switchboard.starting import KINDS, begin


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("new", help="begin a script: the script, a scenario, and a line")
    verb.add_argument("name", metavar="NAME", help="lower case letters, digits and underscores")
    verb.add_argument("--kind", choices=KINDS, default=KINDS[0], help=f"what it begins as (default {KINDS[0]})")
    verb.add_argument("--business", default="Harbor Clinic", help="what the business is called (default %(default)s)")
    verb.add_argument("--number", default="", help="the dialled number, E.164; one for trying out when left out")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0. Raises ConfigurationError when something of that name is there already."""
    name = arguments.name
    begun = begin(name, arguments.kind, settings.read(), arguments.business, arguments.number)
    print(f"{begun.script}: the script")
    print(f"{begun.scenario}: a call that tests it")
    if begun.lines is not None:
        print(f"{begun.lines}: the line {name}, {begun.number}")
    else:
        print(f"Add this line to your lines file:\n\n{begun.line}")
    print(f"\nNext: switchboard workflow lint {begun.script}\n      switchboard workflow test {begun.scenario.parent}")
    return 0
