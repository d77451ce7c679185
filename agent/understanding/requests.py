"""Which scripts a turn asks for: one, or one and another after it."""

from __future__ import annotations

import re

from agent.understanding.answers import Answered
from agent.understanding.wording import best_option
from calls.commands import StartWorkflow
from calls.guidance import Guidance

_ALSO = re.compile(r"\b(?:and also|and then|as well as|plus|also|after that|afterwards|and)\b")
_BESIDES = re.compile(
    r"\b(?:also|as well|too|after that|afterwards|one more thing|another thing|while im at it|on top of that)\b"
)


_BARE = 3
"""words up to which a script's own name may stand for it at any time"""
_WISH = re.compile(
    r"\b(?:i|id|ive|im|we|you|there|something|where|wheres|whats|book|make|schedule|arrange|cancel|change|move|open)\b"
)
"""a noun alone, "my appointment and ...", is no request of its own"""


def requests(words: str, guidance: Guidance, answered: Answered | None) -> tuple[StartWorkflow, ...]:
    """What is asked for, the first first."""
    if StartWorkflow.__name__ not in guidance.allowed or (answered is not None and answered.alone):
        return ()
    # "Yes, book it" answers; only where nothing is asked does a script's bare name call for it.
    firm = _is_under_way(guidance) and not _BESIDES.search(words)
    # "Take it off the books" is no "book", once something is under way.
    by_id = answered is None and not guidance.primary and (not firm or len(words.split()) <= _BARE)
    pieces = [piece for piece in _ALSO.split(words) if _WISH.search(piece)]
    each = [
        best_option(guidance.workflows, piece, by_id=not guidance.primary and not firm, firm=firm) for piece in pieces
    ]
    named = [found[0].id for found in each if found is not None]
    several = list(dict.fromkeys(named))
    if len(several) > 1:
        return tuple(StartWorkflow(name, 0.9, later=place > 0) for place, name in enumerate(several))
    found = best_option(guidance.workflows, words, by_id=by_id, firm=firm)
    if found is None:
        return ()
    later = bool(guidance.primary) and bool(_BESIDES.search(words))
    return (StartWorkflow(found[0].id, 0.9, later=later),)


def _is_under_way(guidance: Guidance) -> bool:
    """In the middle of a request a noun, "my appointment", or "I can come on Friday" asks for no other one."""
    begun = any(slot.filled for slot in guidance.slots)
    return bool(guidance.primary) or guidance.proposed is not None or guidance.more or begun
