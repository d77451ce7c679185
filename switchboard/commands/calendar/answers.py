"""``switchboard calendar questions LINE``: what callers asked and nobody could answer."""

from __future__ import annotations

import argparse

from switchboard.commands.calendar.common import business_of, with_line


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    questions = with_line(verbs, "questions", "questions nobody could answer, and answers due for review")
    questions.add_argument("--limit", type=int, default=100)
    questions.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """The most frequent first."""
    from workflows.backends.looking import answers_due, open_questions

    async with business_of(arguments.line) as business:
        for one in await open_questions(business.connection, business.name, arguments.limit):
            near = f"  (near: {one.nearest})" if one.nearest else ""
            print(f"{one.times:4}x  {one.last_asked:%Y-%m-%d}  {one.question}{near}")
        for due in await answers_due(business.connection, business.name, business.today):
            print(f"review by {due.review_by}, {due.owner}: {due.id}: {due.question}")
    return 0
