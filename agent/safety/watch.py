"""The watch: finds danger in a transcript and knows the fixed words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast, get_args

import numpy as np
import yaml
from numpy.typing import NDArray

from agent.safety.grammar import words_of
from agent.safety.likeness import Likeness, buckets_of, load_likeness, nearest
from agent.safety.phrases import FOLDER, KINDS, Phrases, Rule, load_phrases
from calls.danger import Danger, DangerKind, Risk, Way
from calls.errors import ConfigurationError

ANY = "any"
"""the country whose words name no number"""

HELD_BACK = 2
"""last words of a partial transcript that cannot raise an alarm alone: "my husband will kill me" may go on"""

LOOKED_AT = 600
"""characters: of a longer turn the last so many are looked at, for that is what is new"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said and done about one kind."""

    risk: Risk
    then: Way
    say: Mapping[str, str]
    """country -> words"""
    alone: Mapping[str, str]
    check: Mapping[str, str]
    """asked first, where hearing was unsure; may be empty"""


@dataclass(frozen=True, slots=True)
class Answers:
    """All of it."""

    edition: str
    kinds: Mapping[DangerKind, Answer]


RESEMBLES = "likeness:"
"""begins the rule of a danger that was found by likeness"""
MEANS = "meaning:"
"""begins the rule of a danger that was found by meaning and likeness together"""

# Chosen by cross-validation, see docs/safety.md.
SURE_RULE = 3.0
"""likeness from which a rule that struck is beyond doubt"""
SURE_CRITICAL = 1.0
"""the same for critical kinds, where waiting for the end of the turn costs more than a false alarm"""
SURE_LIKENESS = 6.0
"""likeness that is beyond doubt alone"""
LIKENESS_WEIGHS = 1.0
RULE_WEIGHS = 2.0
"""what a point of likeness and a rule that struck add to the score of meaning"""
LEAST_TOGETHER = 0.3
"""sum of all three from which a turn counts as danger"""
LEAST_CRITICAL = -1.5
"""the same for critical kinds: ordinary talk is seldom near them, and missing one costs most"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a text looks like before anything is decided."""

    words: tuple[str, ...]
    struck: Rule | None
    likeness: NDArray[np.float64]
    """a score for each of KINDS"""

    @property
    def best(self) -> float:
        """The highest score."""
        return float(self.likeness.max())

    @property
    def likest(self) -> DangerKind:
        """The kind it belongs to."""
        return KINDS[int(self.likeness.argmax())]


class PhraseWatch:
    """Implements ``calls.danger.Watch`` with phrases and likeness to examples: the same answer every time."""

    def __init__(
        self, phrases: Phrases | None = None, answers: Answers | None = None, likeness: Likeness | None = None
    ) -> None:
        self._phrases = phrases or load_phrases()
        self._answers = answers or load_answers()
        self._likeness = likeness or load_likeness()
        self._edition = f"{self._phrases.edition}/{self._answers.edition}"
        self._least = np.array([LEAST_CRITICAL if self._critical(kind) else LEAST_TOGETHER for kind in KINDS])
        self._look = lru_cache(maxsize=1024)(self._found)

    def find(self, text: str, locale: str, country: str, *, partial: bool = False) -> Danger | None:
        """The gravest danger spoken of; the country of the locale counts when the line names none."""
        text = text[-LOOKED_AT:]
        found = self._look(text, partial)
        if found is None:
            return None
        kind, rule, doubtful = found
        if partial and (doubtful or not self._has_stood(text)):
            return None
        return self._danger(kind, rule, locale, country, doubtful=doubtful)

    def weigh(self, text: str, meaning: NDArray[np.float64], locale: str, country: str) -> Danger | None:
        """The danger in a whole turn, by phrases, likeness and ``meaning``: a score for each of KINDS."""
        sight = self._sight(text[-LOOKED_AT:])
        if sight is None:
            return None
        scores = meaning + LIKENESS_WEIGHS * sight.likeness
        struck = sight.struck
        if struck is not None:
            scores[KINDS.index(struck.kind)] += RULE_WEIGHS
        beyond = scores - self._least
        if beyond.max() < 0:
            return None
        kind = KINDS[int(beyond.argmax())]
        rule = struck.id if struck is not None and struck.kind == kind else f"{MEANS}{nearest(sight.words, kind)}"
        return self._danger(kind, rule, locale, country)

    def _danger(self, kind: DangerKind, rule: str, locale: str, country: str, *, doubtful: bool = False) -> Danger:
        answer = self._answers.kinds[kind]
        where = country or locale.partition("-")[2]
        return Danger(
            kind=kind,
            rule=rule,
            edition=self._edition,
            risk=answer.risk,
            say=answer.say.get(where) or answer.say[ANY],
            alone=answer.alone.get(where) or answer.alone.get(ANY, ""),
            then=answer.then,
            resembles=rule.startswith((RESEMBLES, MEANS)),
            doubtful=doubtful,
            check=answer.check.get(where) or answer.check.get(ANY, ""),
        )

    def _critical(self, kind: DangerKind) -> bool:
        return self._answers.kinds[kind].risk == "critical"

    def _has_stood(self, text: str) -> bool:
        """Whether the danger was there before the last words, too."""
        words = text.split()
        return all(self._look(" ".join(words[:-fewer]), False) is not None for fewer in range(1, HELD_BACK + 1))

    def _sight(self, text: str) -> Sight | None:
        words = words_of(text)
        if not words:
            return None
        concepts = self._phrases.found_in(words)
        likeness = self._likeness.scores(buckets_of(words, concepts))
        return Sight(tuple(words), self._phrases.rule_for(concepts), likeness)

    def _found(self, text: str, partial: bool) -> tuple[DangerKind, str, bool] | None:
        """The kind, the rule and whether there is doubt."""
        if partial and self._phrases.rule_for(self._phrases.found_in(words_of(text))) is None:
            return None  # likeness alone raises no alarm while the caller speaks: it need not be weighed word for word
        sight = self._sight(text)
        if sight is None:
            return None
        if sight.struck is not None and sight.best >= self._likeness.against:
            sure = SURE_CRITICAL if self._critical(sight.struck.kind) else SURE_RULE
            return sight.struck.kind, sight.struck.id, sight.best < sure
        if sight.best < self._likeness.least:
            return None
        return sight.likest, f"{RESEMBLES}{nearest(sight.words, sight.likest)}", sight.best < SURE_LIKENESS


@cache
def shipped_watch() -> PhraseWatch:
    """The one watch of a process. Raises ConfigurationError when its files are not as they should be."""
    return PhraseWatch()


@cache
def load_answers() -> Answers:
    """The fixed words. Raises ConfigurationError when a kind has none, or none for a country that is not listed."""
    path = FOLDER / "lines.yaml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as why:
        raise ConfigurationError(f"{path.name}: cannot be read ({why}); restore the file") from why
    kinds: dict[DangerKind, Answer] = {}
    for kind in KINDS:
        entry = raw["kinds"].get(kind) or {}
        say, alone = dict(entry.get("say") or {}), dict(entry.get("alone") or {})
        if ANY not in say or entry.get("risk") not in get_args(Risk) or entry.get("then") not in get_args(Way):
            raise ConfigurationError(f"{path.name}: {kind} needs risk, then and say.{ANY}; write them")
        check = dict(entry.get("check") or {})
        kinds[kind] = Answer(cast(Risk, entry["risk"]), cast(Way, entry["then"]), say, alone, check)
    return Answers(str(raw["edition"]), kinds)
