"""Answers from the knowledge base on Postgres: found by words and by letters, spoken only when they fit and hold."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.likeness import Entry, best, stems
from workflows.backends.numbered import insert_numbered, kept_before
from workflows.backends.tables import knowledge, unanswered_questions
from workflows.backends.wishes import Answer, Found, Refused, Wish

CANDIDATES = 50
"""answers compared at most"""

NO_ANSWER = Refused("no_answer", {"answer": "", "citation": "", "reviewed_on": ""}, keeps=True)


async def find_answer(connection: AsyncConnection, wish: Wish) -> Answer:
    """The answer that is on file; ``no_answer`` puts the question on the list of those nobody could answer."""
    asked = wish.text("question").strip()
    entry = best(asked, await _candidates(connection, wish, asked))
    if entry is not None and entry.review_by > today(wish):
        return answer_of(entry)
    if asked and not await kept_before(connection, unanswered_questions, wish):
        row = {"question": asked, "nearest": entry.id if entry is not None else "", "status": "open"}
        await insert_numbered(connection, unanswered_questions, wish, row)
    return NO_ANSWER


def answer_of(entry: Entry) -> Found:
    """What may be spoken, and where it stands."""
    reviewed = entry.reviewed_on.isoformat()
    return Found({"answer": entry.answer, "citation": entry.citation, "reviewed_on": reviewed})


def today(wish: Wish) -> date:
    """The day of the call, where the line is."""
    return wish.now.astimezone(ZoneInfo(wish.timezone)).date()


async def _candidates(connection: AsyncConnection, wish: Wish, asked: str) -> list[Entry]:
    # As they were said as well: the database has endings of its own ("delivery" is not what "deliver" becomes there).
    said = re.findall(r"\w+", asked.casefold().replace("'", ""))
    words = func.websearch_to_tsquery("english", " or ".join(dict.fromkeys((*stems(asked), *said))) or asked)
    by_word = knowledge.c.search.op("@@")(words)
    by_letter = knowledge.c.question.op("%")(asked)
    query = (
        select(knowledge)
        .where(knowledge.c.business == wish.business, or_(by_word, by_letter))
        .order_by(func.ts_rank(knowledge.c.search, words).desc(), knowledge.c.id)
        .limit(CANDIDATES)
    )
    return [
        Entry(
            row.id, row.question, row.answer, row.citation, row.owner, row.reviewed_on, row.review_by,
            tuple(line for line in row.phrasings.splitlines() if line.strip()),
        )
        for row in await connection.execute(query)
    ]  # fmt: skip
