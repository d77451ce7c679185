"""``switchboard knowledge import|list|review``: the answers that are spoken, and who answers for them."""

from __future__ import annotations

import argparse
from pathlib import Path

from switchboard.commands.calendar.common import business_of, day_of, with_line


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its verbs."""
    root = commands.add_parser("knowledge", help="answers to callers' questions: import, list, review")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    bring = with_line(verbs, "import", "answers out of a CSV or YAML file: new ones come, known ones are brought up")
    bring.add_argument("file", help="columns: id question answer citation owner reviewed_on review_by phrasings")
    bring.add_argument("--dry-run", action="store_true", help="only say what would change")
    bring.set_defaults(run=run_import)
    with_line(verbs, "list", "every answer; those that are out of date first").set_defaults(run=run_list)
    review = with_line(verbs, "review", "say that an answer still holds")
    review.add_argument("answer", metavar="ID")
    review.add_argument("--until", required=True, metavar="DAY", help="from this day on it is not spoken")
    review.add_argument("--owner", default="", help="who answers for it from now on")
    review.set_defaults(run=run_review)


async def run_import(arguments: argparse.Namespace) -> int:
    """All of the file or nothing."""
    from workflows.backends.importing import TABLES, carry_out, compare, read_answers

    path = Path(arguments.file)
    content = path.read_bytes()
    async with business_of(arguments.line) as business:
        rows = read_answers(content, str(path), business.today)
        found = await compare(business.connection, TABLES["answers"], business.name, rows)
        if not arguments.dry_run:
            await carry_out(business.connection, business.name, found)
    old = sum(str(row["review_by"]) <= str(business.today) for row in rows)
    print(f"answers: {len(found.new)} new, {len(found.changed)} changed, {found.same} as before"
          + (" (nothing was written)" if arguments.dry_run else ""))  # fmt: skip
    if old:
        print(f"{old} are due for review already, and are not spoken until they have had it")
    return 0


async def run_list(arguments: argparse.Namespace) -> int:
    """By the day they are due."""
    from datetime import date

    from workflows.backends.looking import answers_due

    async with business_of(arguments.line) as business:
        ahead = date.max - business.today
        for one in await answers_due(business.connection, business.name, business.today, ahead):
            state = "not spoken, review was due" if one.review_by <= business.today else "review by"
            print(f"{one.id}: {one.question} ({one.owner}; {state} {one.review_by})")
    return 0


async def run_review(arguments: argparse.Namespace) -> int:
    """The answer is spoken again, until that day."""
    from workflows.backends.importing import mark_reviewed

    until = day_of(arguments.until)
    async with business_of(arguments.line) as business:
        await mark_reviewed(
            business.connection, business.name, arguments.answer, business.today, until, arguments.owner
        )
    print(f"{arguments.answer} was reviewed on {business.today} and is spoken until {until}")
    return 0
