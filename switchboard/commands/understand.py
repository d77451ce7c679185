"""``switchboard understand``: the commands found in what a caller says at a step of a script."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent.ports import CallContext, Meaning
from calls.codec import JsonValue, to_json
from calls.commands import Command
from calls.effects import Compose
from calls.errors import ConfigurationError, EngineError
from calls.guidance import Guidance
from calls.run import CallFacts, Run
from calls.signals import ProviderNoticed, Signal
from calls.speech import Heard, HeardBy
from switchboard import settings

if TYPE_CHECKING:
    from agent.understanding.local import LocalUnderstander
    from workflows.language.scripts import ScriptSet


Ask = Callable[[Heard, Guidance, CallFacts], Awaitable[tuple[Meaning, str]]]
"""What was meant, and the reply a model has for it."""


@dataclass(frozen=True)
class Said:
    """One thing to understand, and where it is said."""

    text: str
    script: str
    step: str = ""
    id: str = ""
    keys: bool = False


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("understand", help="the commands in what a caller says at a step of a script")
    command.add_argument("text", nargs="*", help="what the caller says (all words together are one turn)")
    command.add_argument("--script", required=True, metavar="NAME", help="a shipped script, or one of your folder")
    command.add_argument("--step", default="", metavar="STEP", help="where the call stands; else the first step")
    command.add_argument("--keys", action="store_true", help="the text is keys that were pressed")
    command.add_argument(
        "--jsonl", action="store_true", help="read objects {id, text, step?, script?, keys?} from standard input"
    )
    command.add_argument("--similarity", action="store_true", help="with the sentence model of this machine as well")
    command.add_argument("--model", default="", metavar="VENDOR/MODEL", help="ask this language model as a line would")
    command.add_argument("--now", type=_moment, metavar="ISO", help="the moment it is said; else this one")
    command.add_argument("--tz", default="UTC", metavar="ZONE")
    command.add_argument("--locale", default="en-US")
    command.set_defaults(run=run)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment; write 2026-03-16T10:00:00-04:00") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write 2026-03-16T10:00:00-04:00")
    return moment


async def run(arguments: argparse.Namespace) -> int:
    """Prints one JSON object a turn. Exit code 1 when something was said and nothing understood in it."""
    from calls.clock import LoopClock
    from workflows.language.scripts import available_scripts

    scripts = available_scripts(settings.read().scripts)
    now = arguments.now or LoopClock().wall()
    facts = _facts(now, arguments)
    understander = await _understander(arguments.similarity)
    unclear = 0
    async with _asking(arguments.model, understander) as ask:
        for said in _read(arguments):
            found = await _understood(said, ask, scripts, facts)
            unclear += all(one.get("command") == "Unclear" for one in _objects(found["commands"]))
            print(json.dumps(found, ensure_ascii=False), flush=True)
    return 1 if unclear and not arguments.jsonl else 0


def _objects(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _facts(now: datetime, arguments: argparse.Namespace) -> CallFacts:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        wall = now.astimezone(ZoneInfo(arguments.tz))
    except (ZoneInfoNotFoundError, ValueError) as why:
        raise ConfigurationError(f"--tz {arguments.tz!r} is no time zone; use a name such as America/New_York") from why
    return CallFacts(
        call="", caller="+15550142", line="", business="", agent_name="", greeting="", locale=arguments.locale,
        timezone=arguments.tz, wall=wall.isoformat(timespec="seconds"),
    )  # fmt: skip


async def _understander(similarity: bool) -> LocalUnderstander:
    from agent.understanding.local import LocalUnderstander

    if not similarity:
        return LocalUnderstander()
    from switchboard.rehearsal.likeness import LocalSimilarity

    understander = LocalUnderstander(LocalSimilarity.load())
    await understander.prepare()
    return understander


@asynccontextmanager
async def _asking(model: str, local: LocalUnderstander) -> AsyncIterator[Ask]:
    """Who is asked: this machine, or ``model`` with this machine in its place where it need not be or cannot be."""
    if not model:

        async def alone(heard: Heard, guidance: Guidance, facts: CallFacts) -> tuple[Meaning, str]:
            return await local.understand(heard, guidance, facts), ""

        yield alone
        return
    from agent.thinking.thinker import Thinker
    from calls.clock import LoopClock
    from calls.line import Line
    from switchboard.engines import vendor_session
    from switchboard.one_model import model_named

    async with vendor_session() as session:
        thinker = Thinker(model_named(model, settings.read(), session), local)
        line = Line(id="", number="", script="", agent_name="", business="", greeting="")

        async def with_model(heard: Heard, guidance: Guidance, facts: CallFacts) -> tuple[Meaning, str]:
            told: list[str] = []
            call = thinker.open(CallContext("understand", line, LoopClock(), _tell))
            meaning = await call.understand(1, heard, guidance, facts, ())
            if guidance.brief is not None and not meaning.fallback:
                with suppress(EngineError):
                    async for clause in call.compose(Compose("r1", 1, heard.text, guidance), facts):
                        told.append(clause.text)
            await call.withdraw()
            return meaning, " ".join(filter(None, told))

        yield with_model


def _tell(signal: Signal) -> None:
    """What a provider is noticed doing, for whoever sits at the terminal."""
    if isinstance(signal, ProviderNoticed):
        print(f"{signal.provider} {signal.kind}: {signal.reason}", file=sys.stderr)


def _read(arguments: argparse.Namespace) -> Iterator[Said]:
    if not arguments.jsonl:
        if not arguments.text:
            raise ConfigurationError("nothing was said; write the caller's words, or use --jsonl")
        yield Said(" ".join(arguments.text), arguments.script, arguments.step, "", arguments.keys)
        return
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            yield _said(line, number, arguments)


def _said(line: str, number: int, arguments: argparse.Namespace) -> Said:
    try:
        row = json.loads(line)
        text, script = row["text"], row.get("script", arguments.script)
        step, name, keys = row.get("step", arguments.step), row.get("id", ""), row.get("keys", arguments.keys)
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise ConfigurationError(f'line {number} is no object with a text; write {{"text": "..."}}') from why
    if not all(isinstance(one, str) for one in (text, script, step)) or not isinstance(keys, bool):
        raise ConfigurationError(f"line {number}: text, script and step are texts, keys is true or false")
    return Said(text, script, step, str(name), keys)


async def _understood(said: Said, ask: Ask, scripts: ScriptSet, facts: CallFacts) -> dict[str, JsonValue]:
    from workflows.advance import ScriptDirector

    run = _standing(said, scripts)
    guidance = ScriptDirector(scripts, said.script).guidance(run, facts)
    by = HeardBy.KEYS if said.keys else HeardBy.SPEECH
    found, reply = await ask(Heard(said.text, 0.0, 0.0, by=by), guidance, facts)
    answer: dict[str, JsonValue] = {"id": said.id} if said.id else {}
    commands: list[JsonValue] = [_shown(command) for command in found.commands]
    answer |= {"text": said.text, "step": run.step, "path": found.path, "commands": commands}
    if found.fallback:
        answer["fallback"] = True
    return {**answer, "reply": reply} if reply else answer


def _shown(command: Command) -> dict[str, JsonValue]:
    """The command's name, and its fields."""
    fields = to_json(command)
    assert isinstance(fields, dict)
    return {"command": fields.pop("is"), **fields}


def _standing(said: Said, scripts: ScriptSet) -> Run:
    """A call that stands at the step, as if it had just been asked there."""
    from workflows.asking import ALL
    from workflows.language.model import Confirm
    from workflows.language.nodes import suggestion

    script = scripts.scripts.get(said.script)
    if script is None:
        near = suggestion(said.script, list(scripts.scripts))
        raise ConfigurationError(f"there is no script {said.script!r}; {near}")
    name = said.step or script.first
    step = script.steps.get(name)
    if step is None:
        raise ConfigurationError(f"{said.script} has no step {name!r}; {suggestion(name, list(script.steps))}")
    confirming = ALL if isinstance(step, Confirm) else ""
    return Run(script=script.name, version=script.digest, step=name, confirming=confirming)
