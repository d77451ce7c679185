"""The kind spelled_name, and a name put together from its letters."""

from __future__ import annotations

from .found import CORRECTION, Found
from .kinds import Context
from .letters import Spelling, spellings
from .names import find_person_name, title
from .tokens import Utterance


def find_spelled_name(u: Utterance, context: Context) -> Found | None:
    """The kind ``spelled_name``: letters, "M as in Mike"; a plain name is a part to be spelled."""
    runs = spellings(u.words)
    runs = [run for run in runs if len(run.characters) >= (3 if u.strict else 1)]
    if runs:
        chosen = runs[0]
        for run in runs[1:]:
            text = chosen.characters + run.characters
            start = chosen.start
            if CORRECTION.within(u.words, chosen.end, run.start):
                text, start = run.characters, run.start
            chosen = Spelling(start, run.end, text, chosen.firm + run.firm)
        return Found(chosen.start, chosen.end, title(chosen.characters), 0.9 if chosen.firm >= 2 else 0.7)
    if u.strict:
        return None
    named = find_person_name(u, context)
    return Found(named.start, named.end, named.value, 0.4, complete=False) if named else None
