"""The line's own words as a voice is to say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from calls.line import Term

Form = Callable[[Term, str], str]
"""A term and the words found -> what stands in their place."""


def plain_letters(term: Term, found: str) -> str:
    """The respelling any voice can read; the words themselves where the line gives none."""
    return term.say or found


class Lexicon:
    """Terms of a line, longest first, found as whole words in any case."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        said = [term for term in terms if term.text.strip() and (term.say or term.ipa)]
        self._terms = {term.text.casefold(): term for term in said}
        longest = sorted(self._terms, key=len, reverse=True)
        joined = "|".join(re.escape(text) for text in longest)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if joined else None

    def respelled(self, text: str, form: Form = plain_letters) -> str:
        """``text`` with its terms in ``form``."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._said(found[0], form), text)

    def unused(self, *, ipa: bool) -> tuple[str, ...]:
        """Terms whose pronunciation cannot be told to a voice that takes respellings, and ``ipa`` or not."""
        return tuple(term.text for term in self._terms.values() if not term.say and not ipa)

    def _said(self, found: str, form: Form) -> str:
        term = self._terms.get(found.casefold())
        return form(term, found) if term else found


NO_TERMS = Lexicon()
