"""Replies whose words a model finds, and understanding that was begun before a turn was over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calls.events.base import Body
from calls.speech import Clause


@dataclass(frozen=True, slots=True)
class ReplyOpened(Body, name="reply.opened"):
    """A model was asked for the words of a reply; its clauses follow one by one."""

    reply: str
    turn: int


@dataclass(frozen=True, slots=True)
class ClauseComposed(Body, name="clause.composed"):
    """The model has found one more clause of a reply."""

    reply: str
    clause: Clause
    provider: str = ""
    """the model that wrote it"""
    first_token_ms: float | None = None
    """on the first clause of a reply for which a model was asked anew, since that question; None: its words came
    with the commands of the turn"""


Closing = Literal["done", "withdrawn", "failed", "blocked"]
"""``withdrawn``: the caller went on, or something else has to be said."""


@dataclass(frozen=True, slots=True)
class ReplyClosed(Body, name="reply.closed"):
    """No more clauses of a reply will come. After ``failed`` and ``blocked`` the script's own words follow."""

    reply: str
    how: Closing
    reason: str = ""
    after: str = ""
    """with ``blocked``: the clause after which nothing of the reply is said"""


@dataclass(frozen=True, slots=True)
class SpeculationBegan(Body, name="speculation.began"):
    """The turn seemed to be over: understanding of these words was begun ahead. Nothing follows from it by itself."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class SpeculationEnded(Body, name="speculation.ended"):
    """The turn was what it had seemed (``used``), or what was begun for it was thrown away."""

    turn: int
    used: bool
    reason: str = ""
    """why not: ``resumed | other_words | went_on | moved_on | no_words | keys | danger``"""
