"""The gate itself: one clause in, a verdict out, in about a millisecond."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from agent.guardrail.grounding import ungrounded
from agent.guardrail.leaks import leaks
from agent.guardrail.modes import raised
from agent.guardrail.names import lexicon
from agent.guardrail.policy import Policy, default_policy
from agent.guardrail.rules import Rule, never_say, shipped_rules
from calls.grounding import Fact, Ground
from calls.signals import Judged
from calls.speech import Clause

MOST_CHARACTERS = 600
"""about 40 s of speech; a clause that is longer is cut at a sentence's end"""
TOO_LONG = "too_long"

_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_APOSTROPHES = str.maketrans("’ʼ‘`", "''''")
_ASKS_OR_DENIES = re.compile(
    r"\?\s*$|\b(?:not|no|never|n't|\w+n't|cannot|unsure|whether|if|ask|check|find out|wonder)\b", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"name|phone|mobile|email|address|birth|dob|card|account|insurance|ssn|postcode|zip|medical|diagnos", re.IGNORECASE
)
_VERIFIED = re.compile(
    r"\byou(?:'re| are|'ve been| have been)(?: now| all| already| fully)* (?:verified|authenticated|identified)\b",
    re.IGNORECASE,
)
_READABLE = "en"
"""the language whose values can be read out of a clause; in others only the script's own lines are said"""


class RuleGuardrail:
    """Implements ``Guardrail``. A line's own rules come before its policy's, and those before the shipped ones."""

    def __init__(
        self,
        rules: Sequence[Rule] | None = None,
        forbidden: Iterable[str] = (),
        most_characters: int = MOST_CHARACTERS,
        *,
        policy: Policy | None = None,
        own: Sequence[Rule] = (),
        hidden: Sequence[str] = (),
        stopwatch: Callable[[], float] | None = None,
    ) -> None:
        """``own``: rules of one line. ``hidden``: instructions of every line. ``stopwatch`` gives ms; without one no
        time is told."""
        self._policy = policy or default_policy()
        self._rules = (*never_say(forbidden), *own, *self._policy.rules, *(shipped_rules() if rules is None else rules))
        self._most_characters = most_characters
        self._hidden = tuple(hidden)
        self._stopwatch = stopwatch
        lexicon()  # read now, not within a caller's turn

    @property
    def policy(self) -> Policy:
        """What it judges by."""
        return self._policy

    def judge(self, clause: Clause, ground: Ground) -> Judged:
        """Clear, replace or block a clause. A script's line is trusted for its values, a model's is not."""
        if self._stopwatch is None:
            return replace(self._judge(clause, ground), policy=self._policy.id)
        began = self._stopwatch()
        verdict = self._judge(clause, ground)
        return replace(verdict, policy=self._policy.id, took_ms=round(self._stopwatch() - began, 3))

    def _judge(self, clause: Clause, ground: Ground) -> Judged:
        proven = bool(clause.receipt) and clause.receipt in ground.receipts
        if clause.receipt and not proven:
            # The words are announced as the outcome of an action which has none.
            return _verdict(clause, "receipt", _instead(self._rules))
        said = sentences(clause.text)
        for rule in self._rules:
            if rule.kind == "must" or (rule.kind == "claim" and proven) or (rule.kind == "scope" and clause.line):
                continue
            if any(rule.hits(sentence) for sentence in said):
                return _verdict(clause, rule.id, rule.say)
        text = clause.text
        if len(text) > self._most_characters:
            text = _shortened(text, self._most_characters)
        if not clause.line and (rule_id := self._composed(text, ground, clause.language)):
            return _verdict(clause, rule_id, "")
        for rule in self._rules:
            if rule.kind != "must":
                continue
            told = rule.say in text or any(rule.say in before for before in ground.said)
            if not told and any(rule.hits(sentence) for sentence in said):
                return _verdict(clause, rule.id, f"{text} {rule.say}")
        return _verdict(clause, TOO_LONG, text) if text != clause.text else Judged(clause.id, clause)

    def _composed(self, text: str, ground: Ground, language: str) -> str:
        """The rule against words of a model; empty when there is none."""
        mode = raised(ground.mode, ground.heard, ground.feeling, self._policy.signs)
        if mode == "strict":
            return "mode"
        if not (language or ground.locale).startswith(_READABLE):
            return "language"
        if leaks(text, (*ground.hidden, *self._hidden)):
            return "prompt"
        if not ground.verified and any(_VERIFIED.search(said) for said in sentences(text) if not said.endswith("?")):
            return "personal"
        public = ground if ground.verified else replace(ground, facts=tuple(f for f in ground.facts if not _private(f)))
        if kind := ungrounded(text, public, self._policy.vocabulary):
            personal = public.facts != ground.facts and not ungrounded(text, ground, self._policy.vocabulary)
            return "personal" if personal else kind
        if mode == "composed" and self._weighs(text, public):
            return "weighty"
        return ""

    def _weighs(self, text: str, ground: Ground) -> bool:
        known: str | None = None
        for sentence in sentences(text):
            for word in self._policy.weighty:
                found = word.search(sentence)
                # "No charge" is the promise itself, and denies nothing.
                if found is None or _ASKS_OR_DENIES.search(sentence[: found.start()] + sentence[found.end() :]):
                    continue
                if known is None:
                    known = "\n".join(str(fact.value) + " " + fact.name for fact in ground.facts)
                if word.search(known) is None:
                    return True
        return False


def _private(fact: Fact) -> bool:
    return fact.origin == "found" and _PERSONAL.search(fact.name) is not None


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
