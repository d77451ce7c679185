"""The kind spelled_name, and a name put together from its letters."""

from __future__ import annotations

from .found import Found
from .full_names import spelled_parts
from .kinds import Context
from .letters import spellings
from .names import find_person_name
from .tokens import Utterance


def find_spelled_name(u: Utterance, context: Context) -> Found | None:
    """The kind ``spelled_name``: letters, "M as in Mike"; a plain name is a part to be spelled."""
    runs = spellings(u.words)
    runs = [run for run in runs if len(run.characters) >= (3 if u.strict else 1)]
    if runs:
        firm = sum(run.firm for run in runs)
        return Found(runs[0].start, runs[-1].end, spelled_parts(u, runs), 0.9 if firm >= 2 else 0.7)
    if u.strict:
        return None
    named = find_person_name(u, context)
    return Found(named.start, named.end, named.value, 0.4, complete=False) if named else None
