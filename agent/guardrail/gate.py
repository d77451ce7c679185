"""The gate itself: one clause in, a verdict out, well under a millisecond."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.guardrail.rules import Rule, never_say, shipped_rules
from calls.grounding import Ground
from calls.signals import Judged
from calls.speech import Clause

MOST_CHARACTERS = 600
"""about 40 s of speech; a clause that is longer is cut at a sentence's end"""
TOO_LONG = "too_long"

_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_APOSTROPHES = str.maketrans("’ʼ‘`", "''''")


class RuleGuardrail:
    """Implements ``Guardrail``. Rules of a line's own come before the shipped ones."""

    def __init__(
        self,
        rules: Sequence[Rule] | None = None,
        forbidden: Iterable[str] = (),
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        self._rules = (*never_say(forbidden), *(shipped_rules() if rules is None else rules))
        self._most_characters = most_characters

    def judge(self, clause: Clause, ground: Ground) -> Judged:
        """Clear, replace or block a clause."""
        proven = bool(clause.receipt) and clause.receipt in ground.receipts
        if clause.receipt and not proven:
            # The words are announced as the outcome of an action which has none.
            return _verdict(clause, "receipt", _instead(self._rules))
        for rule in self._rules:
            if rule.kind == "claim" and proven:
                continue
            if any(rule.hits(sentence) for sentence in sentences(clause.text)):
                return _verdict(clause, rule.id, rule.say)
        if len(clause.text) > self._most_characters:
            return _verdict(clause, TOO_LONG, _shortened(clause.text, self._most_characters))
        return Judged(clause.id, clause)


def sentences(text: str) -> list[str]:
    """The sentences of a clause, with plain apostrophes and single spaces."""
    plain = " ".join(text.translate(_APOSTROPHES).split())
    return [sentence for sentence in _SENTENCE.split(plain) if sentence]


def _instead(rules: Iterable[Rule]) -> str:
    return next((rule.say for rule in rules if rule.kind == "claim" and rule.say), "")


def _verdict(clause: Clause, rule: str, say: str) -> Judged:
    if not say:
        return Judged(clause.id, None, rule)
    return Judged(clause.id, replace(clause, text=say, receipt=""), rule)


def _shortened(text: str, most: int) -> str:
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > most:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or text[:most].rsplit(" ", 1)[0] + "."
