"""Intent by similarity of meaning, asked only when neither grammar nor patterns found anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from agent.ports import Similarity
from agent.understanding.answers import is_confirming
from agent.understanding.intents import OTHER, Intents, command_of, is_allowed, load_offered, load_others
from agent.understanding.wording import is_question, plain
from calls.commands import Affirm, AskQuestion, Command, StartWorkflow
from calls.guidance import Guidance, Option

THRESHOLD = 0.40
"""likeness (cosine) below which nothing is taken for a wish; calibrated on the held-out list in the tests"""
ASKED = 0.45
"""the same for a script or a topic: more follows from it than from "say that again" """
MARGIN = 0.04
"""by which the best must beat every other meaning"""
MOST_WORDS = 40
_NEGATED = re.compile(r"\b(?:no longer|not|dont|cant|cannot|never|stop|isnt|wont|didnt)\b")
_WISHES = "wishes"
_WORKFLOW, _TOPIC = "workflow:", "topic:"


class LikenessReader:
    """Compares a turn with the examples of every wish, of the scripts and of the topics on offer."""

    def __init__(self, intents: Intents, similarity: Similarity) -> None:
        self._similarity = similarity
        self._wishes = {intent.name: intent.examples for intent in intents.table} | {OTHER: load_others()}
        self._learned: set[str] = set()

    async def prepare(self) -> None:
        """Teach the wishes beforehand, so that no caller waits for it."""
        await self._learn(_WISHES, self._wishes)

    async def read(self, text: str, guidance: Guidance) -> Command | None:
        """The one meaning it is clearly like, or None. Raises EngineError."""
        if not 2 <= len(plain(text).split()) <= MOST_WORDS:
            return None
        await self.prepare()
        ranked = list(await self._similarity.rank(text, _WISHES))
        offers = _offers(guidance)
        if offers:
            index = "offers:" + hashlib.sha256(repr(sorted(offers.items())).encode()).hexdigest()[:16]
            await self._learn(index, offers)
            ranked += await self._similarity.rank(text, index)
        ranked = sorted((entry for entry in ranked if _may(entry[0], guidance)), key=lambda entry: -entry[1])
        if not ranked or ranked[0][1] < _least(ranked[0][0]):
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN:
            return None
        return _command(ranked[0][0], text, guidance)

    async def request(self, text: str, guidance: Guidance) -> StartWorkflow | None:
        """The script that a turn is clearly about which names only values: "what have you got on Thursday"."""
        found = await self.read(text, guidance)
        return found if isinstance(found, StartWorkflow) else None

    async def _learn(self, index: str, examples: Mapping[str, Sequence[str]]) -> None:
        if index not in self._learned:
            await self._similarity.learn(index, examples)
            self._learned.add(index)


def _ways(option: Option) -> tuple[str, ...]:
    return (*option.says, *load_offered().get(option.id, ()))


def _offers(guidance: Guidance) -> dict[str, tuple[str, ...]]:
    offers: dict[str, tuple[str, ...]] = {}
    if StartWorkflow.__name__ in guidance.allowed:
        offers |= {_WORKFLOW + option.id: _ways(option) for option in guidance.workflows if option.says}
    if AskQuestion.__name__ in guidance.allowed:
        offers |= {_TOPIC + option.id: _ways(option) for option in guidance.topics if option.says}
    return offers


def _least(label: str) -> float:
    return ASKED if label.startswith((_WORKFLOW, _TOPIC)) else THRESHOLD


def _may(label: str, guidance: Guidance) -> bool:
    """Whether a label competes here: what is not allowed does not, small talk always does."""
    offered = label.startswith((_WORKFLOW, _TOPIC)) or label in (OTHER, "Remark.chitchat")
    if label in ("Affirm", "Deny") and not is_confirming(guidance):
        return False
    return offered or is_allowed(label, guidance.allowed)


def _command(label: str, text: str, guidance: Guidance) -> Command | None:
    if label.startswith(_WORKFLOW):
        # Likeness is blind to "no": "I no longer need the visit" resembles "I need a visit".
        if _NEGATED.search(plain(text)):
            return None
        return StartWorkflow(label.removeprefix(_WORKFLOW), 0.6)
    if label.startswith(_TOPIC):
        # A wish that resembles a question is none: "I'd like to close at nine" asks for nothing.
        asked = is_question(plain(text), text)
        return AskQuestion(label.removeprefix(_TOPIC), text) if asked else None
    if label == Affirm.__name__:
        # Likeness alone is no yes on which something may be done.
        return Affirm(0.6)
    return command_of(label) if label != OTHER and is_allowed(label, guidance.allowed) else None
