"""A language model that writes what a function says: for simulations, rehearsals and tests without a vendor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from agent.ports import CallContext
from agent.thinking.model import (
    FormGrew,
    ModelEvent,
    ModelRequest,
    ModelStopped,
    ModelTraits,
    TextGrew,
    Usage,
)
from calls.clock import Clock
from calls.errors import ProviderError

_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Written:
    """What the model writes: the form's JSON where a tool is to be filled in, else a text.

    Where either will do, what begins with a brace is the form.
    """

    text: str
    reason: Literal["done", "length", "refusal"] = "done"
    breaks: ProviderError | None = None
    """raised after ``text``, in place of a stop"""


class ScriptedModel:
    """Implements ``LanguageModel``, at the pace of a real one on the clock it is given."""

    def __init__(
        self,
        answer: Callable[[ModelRequest], Written],
        clock: Clock,
        first_ms: float = 0.0,
        tokens_a_second: float = 0.0,
        name: str = "scripted/model",
    ) -> None:
        """``first_ms`` to the first token; 0 tokens a second: all at once. ``answer`` may raise ProviderError."""
        self._answer = answer
        self._clock = clock
        self._first_ms = first_ms
        self._gap_ms = 1000 / tokens_a_second if tokens_a_second else 0.0
        self._name = name
        self.asked: list[ModelRequest] = []
        self.abandoned = 0
        """streams that were closed before their stop"""

    @property
    def traits(self) -> ModelTraits:
        """What it is."""
        return ModelTraits(self._name)

    async def warm(self) -> None:
        """Nothing takes long here."""

    async def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        """The function's answer in pieces of a token. Raises what the answer says."""
        self.asked.append(request)
        written = self._answer(request)
        due = self._clock.now_ms() + self._first_ms
        words = request.tool is None or (request.words_alone and not written.text.startswith("{"))
        grown = TextGrew if words else FormGrew
        pieces = [written.text[i : i + _CHARACTERS_A_TOKEN] for i in range(0, len(written.text), _CHARACTERS_A_TOKEN)]
        finished = False
        try:
            for piece in pieces or [""]:
                await self._clock.sleep_until_ms(due)
                due += self._gap_ms
                if piece:
                    yield grown(piece)
            finished = True
        finally:
            self.abandoned += not finished
        if written.breaks is not None:
            raise written.breaks
        asked = sum(len(p.text) for p in request.instructions) + sum(len(m.text) for m in request.messages)
        usage = Usage(fresh=-(-asked // _CHARACTERS_A_TOKEN), written=len(pieces))
        yield ModelStopped(written.reason, usage)
