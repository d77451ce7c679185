"""What every vendor of language models needs of a request and of a filled form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agent.thinking.model import Message

OPENING = "(The call begins.)"
"""stands for the caller where the agent speaks first: vendors want the caller's side to open a talk"""


def alternating(messages: Sequence[Message]) -> list[Message]:
    """The talk as vendors take it: the caller first and last, neighbours of one side joined, nothing empty.

    Raises ValueError when nothing of the caller's stands at the end: there is nothing to answer.
    """
    joined: list[Message] = []
    for message in messages:
        text = message.text.strip()
        if not text:
            continue
        if joined and joined[-1].role == message.role:
            joined[-1] = Message(message.role, f"{joined[-1].text}\n{text}")
        else:
            joined.append(Message(message.role, text))
    if not joined or joined[-1].role != "caller":
        raise ValueError("the last message must be the caller's")
    if joined[0].role == "agent":
        joined.insert(0, Message("caller", OPENING))
    return joined


def json_object(text: str) -> dict[str, Any] | None:
    """A JSON object from text; None when it is none. (A decoder's exception would carry the whole text with it.)"""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None
