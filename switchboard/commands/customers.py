"""``switchboard customers import``: who is on record, so that callers can prove who they are."""

from __future__ import annotations

import argparse
from pathlib import Path

from switchboard.commands.calendar.common import business_of, with_line


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its verb."""
    root = commands.add_parser("customers", help="who is on record: import")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    bring = with_line(verbs, "import", "customers out of a CSV or YAML file: new ones come, known ones are brought up")
    bring.add_argument("file", help="columns: id name phone email date_of_birth postcode")
    bring.add_argument("--dry-run", action="store_true", help="only say what would change")
    bring.set_defaults(run=run_import)


async def run_import(arguments: argparse.Namespace) -> int:
    """All of the file or nothing; only numbers of records are printed."""
    from workflows.backends.importing import TABLES, carry_out, compare, read_customers

    path = Path(arguments.file)
    content = path.read_bytes()
    async with business_of(arguments.line) as business:
        rows = read_customers(content, str(path), business.today)
        found = await compare(business.connection, TABLES["customers"], business.name, rows)
        if not arguments.dry_run:
            await carry_out(business.connection, business.name, found)
    print(f"customers: {len(found.new)} new, {len(found.changed)} changed, {found.same} as before"
          + (" (nothing was written)" if arguments.dry_run else ""))  # fmt: skip
    return 0
