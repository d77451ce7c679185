"""The port of a language model: what it is asked, and what comes back while it streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from agent.ports import CallContext

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""A JSON value"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of instructions."""

    text: str
    lasting: bool = False
    """the same in every turn: everything up to here may be cached by the vendor"""


@dataclass(frozen=True, slots=True)
class Message:
    """One side's words in the talk so far."""

    role: Literal["caller", "agent"]
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A form for the model to fill in, under a strict JSON Schema (every key required, no others)."""

    name: str
    description: str
    schema: Mapping[str, Json]
    """keys are written in this order"""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model. No sampling settings: today's models take none."""

    instructions: tuple[Passage, ...]
    messages: tuple[Message, ...]
    """oldest first; the last is the caller's"""
    tool: Tool | None = None
    """must be filled in, unless ``words_alone``; None: plain text"""
    words_alone: bool = False
    """where nothing of the form is meant, plain text may be the answer, and comes a dozen tokens sooner"""
    most_tokens: int = 300


@dataclass(frozen=True, slots=True)
class TextGrew:
    """More plain text. Never in an answer that has a form: an answer is one or the other."""

    text: str
    provider: str = ""
    """on the first event: who answers, where several could"""


@dataclass(frozen=True, slots=True)
class FormGrew:
    """More of the form's JSON, as characters; pieces may split anywhere, also inside an escape."""

    json: str
    provider: str = ""
    """on the first event: who answers, where several could"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request was charged for, in tokens."""

    fresh: int = 0
    """read anew"""
    cached: int = 0
    """read from the vendor's cache"""
    stored: int = 0
    """written to the vendor's cache"""
    written: int = 0
    """by the model"""


@dataclass(frozen=True, slots=True)
class ModelStopped:
    """The last of a stream."""

    reason: Literal["done", "length", "refusal"]
    usage: Usage = Usage()
    provider: str = ""
    """who answered, where several could; empty: the model that was asked"""


ModelEvent = TextGrew | FormGrew | ModelStopped


@dataclass(frozen=True, slots=True)
class ModelTraits:
    """What a model is."""

    id: str
    """``anthropic/claude-haiku-5-5``"""
    caches: bool = False
    """a lasting beginning of the instructions costs less the second time"""


class LanguageModel(Protocol):
    """A model behind a vendor. Shared by all calls."""

    @property
    def traits(self) -> ModelTraits:
        """What it is."""

    async def warm(self) -> None:
        """Open a connection ahead of the first question; never raises."""

    def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        """The answer while it is made; ModelStopped last. Closing the iterator ends the request at once.

        Raises ProviderError, also in mid-stream; a stream that ends without ModelStopped never ends silently.
        """
