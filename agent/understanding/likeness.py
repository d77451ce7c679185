"""Intent by meaning, asked only when neither grammar nor patterns found anything: a trained head weighs the wishes.

What the line's scripts do not allow at this point is no rival of what they do: its weight goes to "none of them", for
who wants something that cannot be had has not asked for the next best. Scripts and topics that a customer wrote, of
which nothing was learnt, share in what is none of the known ones, by their likeness to the sentences given for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.ports import Similarity
from agent.understanding.answers import is_confirming
from agent.understanding.examples import OTHER
from agent.understanding.intents import command_of, is_allowed
from agent.understanding.wording import negated, plain
from calls.commands import Affirm, AskQuestion, Command, StartWorkflow
from calls.guidance import Guidance, Option

if TYPE_CHECKING:
    from agent.understanding.head import Floats, Head

LEAST = 0.5
"""probability below which nothing is taken for a wish; chosen with ``GRAVE`` on examples left out of the training and
on the worked half of the corpus (docs/understanding.md)"""
GRAVE = 0.7
"""the same for what is not easily undone: a call ended or handed over"""
SCRIPT = 0.8
"""the same for a script: begun by mistake it costs the caller most"""
DENIED = 0.1
"""probability below which a script or topic that single words seem to ask for is none; of a hundred such finds in the
worked half 17 lie below, one of them right"""
ALIKE = 0.45
"""likeness (cosine) to a sentence of a customer's own script below which it is not considered"""
MOST_WORDS = 40
_GRAVE = frozenset({"AskHuman", "Cancel", "Goodbye", "Restart", "WrongNumber", "CallLater", "Affirm", "Deny"})
_WORKFLOW, _TOPIC = "workflow:", "topic:"
_MOST_KEPT = 512


class LikenessReader:
    """Weighs what a turn may mean. Shared by all calls."""

    def __init__(self, similarity: Similarity, head: Head | None = None) -> None:
        """Raises ConfigurationError when the trained weights cannot be used."""
        from agent.understanding.head import load_head

        self._similarity = similarity
        self._head = head or load_head()
        self._says: dict[tuple[str, ...], Floats] = {}

    async def prepare(self) -> None:
        """Ask once beforehand, so that no caller waits for what is only done once. Raises EngineError."""
        await self._similarity.embed(["hello"])

    async def read(self, text: str, guidance: Guidance) -> Command | None:
        """The one meaning that is probable enough, or None. Raises EngineError."""
        if not 2 <= len(plain(text).split()) <= MOST_WORDS:
            return None
        return _meant(await self.weigh(text, guidance), text, guidance)

    async def request(self, text: str, guidance: Guidance) -> StartWorkflow | None:
        """The script that a turn is clearly about which names only values: "what have you got on Thursday"."""
        found = await self.read(text, guidance)
        return found if isinstance(found, StartWorkflow) else None

    async def doubt(self, commands: tuple[Command, ...], text: str, guidance: Guidance) -> tuple[Command, ...]:
        """Put right what single words made of a turn: "my brother runs a booking agency" books nothing.

        Only known scripts and topics are doubted, and never where a sentence given for one is said as it stands.
        Raises EngineError.
        """
        doubtful = [command for command in commands if _label(command) in self._head.labels]
        if len(doubtful) != 1 or _says_so(doubtful[0], text, guidance):
            return commands
        weights = await self.weigh(text, guidance)
        if weights.get(_label(doubtful[0]), 1.0) >= DENIED:
            return commands
        meant = _meant(weights, text, guidance)
        kept = tuple(command for command in commands if command != doubtful[0])
        if meant in kept:
            return commands
        return kept if meant is None else (meant, *kept)

    async def weigh(self, text: str, guidance: Guidance) -> dict[str, float]:
        """How probable each meaning is that is allowed here, and ``Other``: together 1. Raises EngineError."""
        from agent.understanding.head import said

        embedding = (await self._similarity.embed([said(text)]))[0]
        weights = {
            label: weight for label, weight in self._head.weigh(embedding, text).items() if _may(label, guidance)
        }
        free = 1.0 - sum(weights.values())
        strangers = await self._strangers(embedding, text, guidance)
        for label, share in strangers.items():
            weights[label] = free * share
        return weights | {OTHER: free * (1.0 - sum(strangers.values()))}

    async def _strangers(self, embedding: Floats, text: str, guidance: Guidance) -> dict[str, float]:
        """Of what is none of the known meanings: the share of each that is on offer and unknown to the head."""
        odds = {}
        for label, option in _offers(guidance).items():
            if label in self._head.labels or negated(text):
                continue  # Likeness is blind to "no": "I no longer need the visit" resembles "I need a visit".
            likeness = float((await self._sentences(option) @ embedding).max())
            if likeness >= ALIKE:
                probable = min(self._head.probable(likeness), 0.999)
                odds[label] = probable / (1.0 - probable)
        return {label: each / (1.0 + sum(odds.values())) for label, each in odds.items()}

    async def _sentences(self, option: Option) -> Floats:
        if option.says not in self._says:
            if len(self._says) >= _MOST_KEPT:
                self._says.clear()
            self._says[option.says] = await self._similarity.embed(option.says)
        return self._says[option.says]


def _meant(weights: Mapping[str, float], text: str, guidance: Guidance) -> Command | None:
    best = max(weights, key=lambda label: weights[label])
    return _command(best, text, guidance) if weights[best] >= _least(best) else None


def _label(command: Command) -> str:
    if isinstance(command, StartWorkflow) and not command.later:
        return _WORKFLOW + command.workflow
    return _TOPIC + command.topic if isinstance(command, AskQuestion) else ""


def _says_so(command: Command, text: str, guidance: Guidance) -> bool:
    option = _offers(guidance).get(_label(command))
    said = f" {plain(text)} "
    return option is not None and any(f" {plain(phrase)} " in said for phrase in option.says)


def _offers(guidance: Guidance) -> dict[str, Option]:
    offers: dict[str, Option] = {}
    if StartWorkflow.__name__ in guidance.allowed:
        offers |= {_WORKFLOW + option.id: option for option in guidance.workflows if option.says}
    if AskQuestion.__name__ in guidance.allowed:
        offers |= {_TOPIC + option.id: option for option in guidance.topics if option.says}
    return offers


def _least(label: str) -> float:
    if label.startswith(_WORKFLOW):
        return SCRIPT
    return GRAVE if label in _GRAVE or label.startswith("Machine") else LEAST


def _may(label: str, guidance: Guidance) -> bool:
    """Whether a label competes here."""
    if label == OTHER:
        return False
    if label.startswith((_WORKFLOW, _TOPIC)):
        return label in _offers(guidance)
    if label in ("Affirm", "Deny") and not is_confirming(guidance):
        return False
    return is_allowed(label, guidance.allowed)


def _command(label: str, text: str, guidance: Guidance) -> Command | None:
    if label == OTHER:
        return None
    if label.startswith(_WORKFLOW):
        return StartWorkflow(label.removeprefix(_WORKFLOW), 0.6)
    if label.startswith(_TOPIC):
        return AskQuestion(label.removeprefix(_TOPIC), text)
    if label == Affirm.__name__:
        # Likeness alone is no yes on which something may be done.
        return Affirm(0.6)
    return command_of(label)
