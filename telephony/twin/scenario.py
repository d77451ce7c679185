"""Callers written down in YAML, so that a deployment can be tested without a line of Python.

    name: books for Tuesday
    from: "+15550100"
    human: {outcome: no-answer, after: 2}
    steps:
      - hears: greeting
      - says: I would like an appointment on Tuesday     # waits for the answer before the next step
      - keys: "1"
      - says: no, on Wednesday
        over: 1.5          # 1.5 s into the agent's next utterance
      - says: hello?
        at: 12             # not before this second of the call
      - expects: wednesday # the agent's last words contain this (needs an ear)
      - silence: 4
      - waits: agent
      - drop: true
      - hang_up: true

After `says` and `keys` the caller waits for the agent unless `waits: no` stands beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import yaml

from telephony.twin.caller import Caller, CallerGaveUp
from telephony.twin.config import OUTCOMES, Human
from telephony.twin.ports import Voice
from telephony.twin.soundcheck import Span

MAX_BYTES: Final = 256 * 1024
MAX_STEPS: Final = 1000
MAX_DEPTH: Final = 8
Verb = Literal["hears", "says", "keys", "silence", "waits", "expects", "drop", "hang_up"]
_VERBS: Final[tuple[Verb, ...]] = ("hears", "says", "keys", "silence", "waits", "expects", "drop", "hang_up")


class ScenarioError(ValueError):
    """The file cannot be used; the message begins with FILE:LINE and says what would be right."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the caller does."""

    verb: Verb
    text: str
    where: str
    """FILE:LINE"""
    seconds: float = 0.0
    over_s: float | None = None
    at_s: float | None = None
    patient: bool = True
    """wait for the agent's answer afterwards"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A caller. `await scenario(phone)` plays it: it is a CallerScript."""

    name: str
    steps: tuple[Step, ...]
    to: str | None = None
    from_: str | None = None
    human: Human | None = None
    _voiced: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    async def prepare(self, voice: Voice) -> None:
        """Voice every line beforehand, so that no caller thinks for as long as a synthesizer computes."""
        for step in self.steps:
            if step.verb == "says" and step.text not in self._voiced:
                self._voiced[step.text] = await voice(step.text)

    async def __call__(self, phone: Caller) -> None:
        """Play every step. Raises CallerGaveUp, with FILE:LINE, when the agent does not play along."""
        last: Span | None = None
        for step in self.steps:
            try:
                last = await self._play(step, phone, last)
            except CallerGaveUp as why:
                raise CallerGaveUp(f"{step.where}: {why}") from None

    async def _play(self, step: Step, phone: Caller, last: Span | None) -> Span | None:
        match step.verb:
            case "hears":
                return await phone.hears_greeting()
            case "says":
                what = self._voiced.get(step.text, step.text)
                if step.over_s is not None:
                    await phone.interrupts(what, after=step.over_s, text=step.text)
                else:
                    await phone.says(what, at=step.at_s, text=step.text)
                return await phone.waits_for_agent() if step.patient else last
            case "keys":
                await phone.presses(step.text)
                return await phone.waits_for_agent() if step.patient else last
            case "silence":
                await phone.waits(step.seconds)
            case "waits":
                return await phone.waits_for_agent()
            case "expects":
                await _expect(step, phone, last)
            case "drop":
                await phone.drops_socket()
            case "hang_up":
                await phone.hangs_up()
        return last


async def _expect(step: Step, phone: Caller, last: Span | None) -> None:
    if last is None:
        raise CallerGaveUp("nothing was heard yet that could be compared")
    said = await phone.understands(last)
    if _plain(step.text) not in _plain(said):
        raise CallerGaveUp(f"expected to hear {step.text!r}, the agent said {said!r}")


def _plain(text: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return f" {' '.join(kept.split())} "


def load(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_scenario(body, str(path))


def parse_scenario(body: bytes | str, name: str = "scenario") -> Scenario:
    """The scenario in `body`; `name` stands for the file in errors. Raises ScenarioError."""
    if len(body) > MAX_BYTES:
        raise ScenarioError(f"{name}: larger than {MAX_BYTES // 1024} KiB")
    try:
        _refuse_tricks(body, name)
        root = yaml.compose(body, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        what = error.problem if isinstance(error, yaml.MarkedYAMLError) else "characters YAML cannot hold"
        raise ScenarioError(f"{name}:{line}: not YAML: {what}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{name}: not UTF-8") from None
    return _Reader(name).scenario(root)


_BEGINS: Final = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_ENDS: Final = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def _refuse_tricks(body: bytes | str, name: str) -> None:
    """Aliases, which can stand for gigabytes, and nesting, which recurses. The scanner itself does neither."""
    depth = 0
    for token in yaml.scan(body, Loader=yaml.SafeLoader):
        where = f"{name}:{token.start_mark.line + 1}"
        if isinstance(token, yaml.AliasToken):
            raise ScenarioError(f"{where}: aliases (*name) are not allowed: write the value out")
        depth += isinstance(token, _BEGINS) - isinstance(token, _ENDS)
        if depth > MAX_DEPTH:
            raise ScenarioError(f"{where}: nested deeper than {MAX_DEPTH} levels")


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name

    def scenario(self, root: yaml.Node | None) -> Scenario:
        top = self._mapping(root, {"name", "from", "to", "human", "steps"})
        if "steps" not in top:
            raise self._wrong(root, "a scenario needs `steps:`, a list such as `- says: hello`")
        listed = top["steps"]
        if not isinstance(listed, yaml.SequenceNode) or not 0 < len(listed.value) <= MAX_STEPS:
            raise self._wrong(listed, f"`steps` must be a list of 1 to {MAX_STEPS} steps")
        return Scenario(
            name=self._text(top["name"]) if "name" in top else self._name,
            steps=tuple(self._step(node) for node in listed.value),
            to=self._text(top["to"]) if "to" in top else None,
            from_=self._text(top["from"]) if "from" in top else None,
            human=self._human(top["human"]) if "human" in top else None,
        )

    def _step(self, node: yaml.Node) -> Step:
        given = self._mapping(node, {*_VERBS, "over", "at"})
        verbs = [verb for verb in _VERBS if verb in given and (verb != "waits" or len(given) == 1)]
        if len(verbs) != 1:
            raise self._wrong(node, f"a step does exactly one of {', '.join(_VERBS)}")
        verb = verbs[0]
        value = given[verb]
        for extra in ("over", "at", "waits"):
            if extra in given and extra != verb and verb not in ("says", "keys"):
                raise self._wrong(given[extra], f"`{extra}` belongs to `says`")
        if verb == "keys" and ("over" in given or "at" in given):
            raise self._wrong(node, "`over` and `at` belong to `says`")
        text, seconds = self._text(value), 0.0
        check: dict[Verb, Callable[[], bool]] = {
            "hears": lambda: text == "greeting",
            "waits": lambda: text == "agent",
            "keys": lambda: bool(text) and not text.strip("0123456789*#ABCDwW"),
            "drop": lambda: text == "true",
            "hang_up": lambda: text == "true",
            "says": lambda: bool(text.strip()),
            "expects": lambda: bool(_plain(text).strip()),
        }
        if verb == "silence":
            seconds = self._seconds(value)
        elif not check[verb]():
            raise self._wrong(value, f"`{verb}: {text[:40]}`: {_RIGHT[verb]}")
        return Step(
            verb=verb,
            text=text,
            where=f"{self._name}:{node.start_mark.line + 1}",
            seconds=seconds,
            over_s=self._seconds(given["over"]) if "over" in given else None,
            at_s=self._seconds(given["at"]) if "at" in given else None,
            patient="waits" not in given or verb == "waits" or self._text(given["waits"]) not in ("no", "false"),
        )

    def _human(self, node: yaml.Node) -> Human:
        given = self._mapping(node, {"outcome", "after", "talks", "says"})
        outcome = self._text(given["outcome"]) if "outcome" in given else "answers"
        if outcome not in OUTCOMES:
            raise self._wrong(given["outcome"], "`outcome` is answers, busy, no-answer or failed")
        return Human(
            outcome=OUTCOMES[outcome],
            after_ms=round(self._seconds(given["after"]) * 1000) if "after" in given else 2_000,
            talks_ms=round(self._seconds(given["talks"]) * 1000) if "talks" in given else 4_000,
            says=self._text(given["says"]) if "says" in given else "",
        )

    def _mapping(self, node: yaml.Node | None, known: set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, f"expected `key: value` with {', '.join(sorted(known))}")
        read: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key)
            if name not in known:
                raise self._wrong(key, f"unknown `{name[:40]}`; known: {', '.join(sorted(known))}")
            if name in read:
                raise self._wrong(key, f"`{name}` is given twice")
            read[name] = value
        return read

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._wrong(node, "expected one value, not a list or mapping")
        return str(node.value)

    def _seconds(self, node: yaml.Node) -> float:
        try:
            seconds = float(self._text(node))
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds <= 3600:
            raise self._wrong(node, "expected seconds, 0 to 3600")
        return seconds

    def _wrong(self, node: yaml.Node | None, what: str) -> ScenarioError:
        line = 1 if node is None else node.start_mark.line + 1
        return ScenarioError(f"{self._name}:{line}: {what}")


_RIGHT: Final[dict[Verb, str]] = {
    "hears": "write `hears: greeting`",
    "waits": "write `waits: agent`",
    "keys": "use 0-9 * # A-D, w waits half a second",
    "drop": "write `drop: true`",
    "hang_up": "write `hang_up: true`",
    "says": "write the words",
    "expects": "write words the agent should say",
}
