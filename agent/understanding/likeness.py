"""Intent by similarity of meaning, asked only when neither grammar nor patterns found anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.ports import Similarity
from agent.understanding.intents import Intents, command_of, load_others
from agent.understanding.wording import is_question, plain
from calls.commands import AskQuestion, Command, StartWorkflow
from calls.guidance import Guidance

THRESHOLD = 0.52
"""cosine; below it nothing is taken for a wish (calibrated on the held-out list in the tests)"""
MARGIN = 0.06
"""by which the best must beat every other meaning"""
MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class _Candidate:
    label: str
    command: Command | None
    phrase: str


class LikenessReader:
    """Compares a turn with the examples of every wish that is allowed just now."""

    def __init__(self, intents: Intents, similarity: Similarity) -> None:
        self._intents = intents
        self._similarity = similarity

    async def read(self, text: str, guidance: Guidance) -> Command | None:
        """The one meaning it is clearly like, or None. Raises EngineError."""
        words = plain(text).split()
        if not 2 <= len(words) <= MOST_WORDS:
            return None
        candidates = list(self._candidates(text, guidance))
        if all(candidate.command is None for candidate in candidates):
            return None
        scores = await self._similarity.similar(text, [c.phrase for c in candidates])
        best: dict[str, float] = {}
        commands: dict[str, Command | None] = {}
        for candidate, score in zip(candidates, scores, strict=True):
            best[candidate.label] = max(best.get(candidate.label, -1.0), score)
            commands[candidate.label] = candidate.command
        ranked = sorted(best, key=lambda label: -best[label])
        runner_up = best[ranked[1]] if len(ranked) > 1 else 0.0
        if best[ranked[0]] < THRESHOLD or best[ranked[0]] - runner_up < MARGIN:
            return None
        return commands[ranked[0]]

    def _candidates(self, text: str, guidance: Guidance) -> Iterator[_Candidate]:
        allowed = guidance.allowed
        for intent in self._intents.table:
            command = command_of(intent.name) if intent.name in allowed else None
            for phrase in intent.examples:
                yield _Candidate(intent.name, command, phrase)
        for phrase in load_others():
            yield _Candidate("", None, phrase)
        if StartWorkflow.__name__ in allowed:
            for option in guidance.workflows:
                for phrase in option.says:
                    yield _Candidate(f"workflow:{option.id}", StartWorkflow(option.id, 0.6), phrase)
        if AskQuestion.__name__ in allowed and is_question(plain(text), text):
            for option in guidance.topics:
                for phrase in option.says:
                    yield _Candidate(f"topic:{option.id}", AskQuestion(option.id, text), phrase)
