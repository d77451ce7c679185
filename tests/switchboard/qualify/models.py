"""Models of a qualification, each with one virtue or vice, behind a vendor's wire on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from switchboard.cli import parser
from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.model_server import KEY, Answer, Question
from switchboard.qualify.turns import FROZEN

HAIKU = "anthropic/claude-haiku-5-5"
TURNS: list[dict[str, Any]] = yaml.safe_load(FROZEN.read_text(encoding="utf-8"))["turns"]
HONEST = "I am sorry, I do not know that."
BEYOND_THE_GATE = "You are booked for tomorrow at ten, it costs nineteen dollars, and Quigley sends a refund."


def command(means: str, words: str) -> dict[str, object]:
    """``tell SLOT VALUE`` and the like as a model writes it."""
    do, _, rest = means.partition(" ")
    match do:
        case "tell":
            slot, _, value = rest.partition(" ")
            return {"do": "tell", "slot": slot, "value": value, "words": words}
        case "start":
            return {"do": "start", "workflow": rest, "later": False}
        case "ask":
            return {"do": "ask", "topic": rest}
        case "remark":
            return {"do": "remark", "kind": rest}
        case _:
            return {"do": do}


def form(question: Question, commands: Sequence[dict[str, object]], reply: str = HONEST) -> Answer:
    if not question.tool:
        return Answer(reply)
    told: dict[str, object] = {"commands": list(commands)}
    if "reply" in question.schema["properties"]:
        told["reply"] = reply
    return Answer(json.dumps(told))


def turn_of(question: Question) -> dict[str, Any]:
    """The frozen turn that is asked about; an empty one for a stored turn."""
    said = question.messages[-1][1]
    return next((turn for turn in TURNS if turn["text"] in said), {"text": "", "means": []})


def good(question: Question) -> Answer:
    turn = turn_of(question)
    return form(question, [command(means, turn["text"]) for means in turn["means"]])


def wrong(question: Question) -> Answer:
    """Calls everything off, at every turn in three."""
    turn = turn_of(question)
    if "cancel" in json.dumps(question.schema) and len(turn["text"]) % 3 == 0:
        return form(question, [{"do": "cancel"}])
    return good(question)


def boastful(question: Question) -> Answer:
    """Understands all, and talks past the gate."""
    turn = turn_of(question)
    return form(question, [command(means, turn["text"]) for means in turn["means"]], BEYOND_THE_GATE)


@dataclass
class Outcome:
    code: int
    printed: str
    server: AnthropicServer

    @property
    def told(self) -> dict[str, Any]:
        tree: dict[str, Any] = json.loads(self.printed)
        return tree

    @property
    def missed(self) -> list[str]:
        return [check["name"] for check in self.told["checks"] if not check["holds"]]


async def tried(
    answer: Callable[[Question], Answer], capsys: pytest.CaptureFixture[str], *more: str, **server: Any
) -> Outcome:
    """``switchboard qualify`` for a model that answers so."""
    with pytest.MonkeyPatch.context() as patch:
        async with AnthropicServer(answer, **server) as vendor:
            patch.setenv("ANTHROPIC_API_KEY", KEY)
            patch.setenv("ANTHROPIC_BASE_URL", vendor.url)
            stage = ["--stage", "understanding", "--candidate", HAIKU, *more]
            arguments = parser("qualify").parse_args(["qualify", *stage])
            code = await arguments.run(arguments)
            return Outcome(code, capsys.readouterr().out, vendor)
