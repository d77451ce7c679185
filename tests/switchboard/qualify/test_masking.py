"""What of a stored call is shown to a candidate's vendor: of simulated callers, all that must not leave is known."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from agent.thinking.prompt import request_for, words_for
from calls.clock import LoopClock
from calls.events import CallerSpoke, CallEvent, RepairApplied
from calls.line import Line
from calls.repairs import Repair
from records.store import serve_as_app_role
from switchboard.qualify.masking import MASK, STAND_INS, Masking
from switchboard.qualify.turns import Turn, stored_turns
from switchboard.rehearsal.coverage import Coverage
from switchboard.simulation.calendar_store import CalendarStore
from switchboard.simulation.run import Plan, Scene, draw_scene, line_of, play, understander_of
from tests.counts import count
from tests.databases import Databases
from workflows.actions import ActionRunner
from workflows.language.scripts import SHIPPED, shipped_scripts

SCRIPTS = shipped_scripts()
PLAN = Plan(SCRIPTS)
CALLS = count(full=2_000, quick=40)
LINE = Line("main", "+15550100", "front_desk", "Robin", "Harbor Dental", "Hello, this is Robin of Harbor Dental.")
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FILLING = frozenset(["a", "an", "the", "of", "and", "in", "on", "to", "for", "is", "it"])


@dataclass(frozen=True)
class Call:
    scene: Scene
    events: list[CallEvent]


@pytest.fixture(scope="module")
def calls(databases: Databases) -> list[Call]:
    with databases.fresh() as url:
        return asyncio.run(_played(url))


async def _played(url: str) -> list[Call]:
    store, understander, found = CalendarStore(url), await understander_of(PLAN), list[Call]()
    engine = create_async_engine(url, pool_size=2)
    serve_as_app_role(engine)
    async with ActionRunner(engine, LoopClock()) as actions:
        for scene in (draw_scene(PLAN, seed) for seed in range(CALLS)):
            store.put([scene.world])
            played, _ = await play(PLAN, scene, actions, understander, Coverage())
            found += [Call(scene, list(one.events)) for one in played]
            store.forget(scene.world)
    await engine.dispose()
    store.close()
    return found


SAID_TO_ALL = frozenset(re.findall(r"\w+", " ".join(p.read_text() for p in SHIPPED.glob("*.yaml")).casefold()))
"""words of the shipped scripts: "you can park behind the building" tells nothing of a caller named Park"""


def secrets(scene: Scene) -> Iterator[str]:
    """Of this caller, and of the records of theirs: numbers, names, codes, a birthday; as written and as digits."""
    goal, world = scene.goal, scene.world
    for name in (goal.name, world.person.name):
        yield from (word for word in name.split() if len(word) > 2 and word.casefold() not in SAID_TO_ALL)
    for text in (goal.phone, world.person.phone, world.caller):
        if text:
            yield text
            yield text.removeprefix("+1")
            yield " ".join(DIGITS[int(digit)] for digit in text[-7:])
            yield " ".join(text[-7:])
    for code in (goal.code, world.mine.code if world.mine else "", *(one.code for one in world.orders)):
        if len(code) > 3:
            yield code
            yield " ".join(code)
    yield world.person.born.isoformat()


def shown(turn: Turn, line: Line) -> str:
    """Everything of a turn that a model is asked with."""
    asked = [request_for(turn.guidance, turn.heard, turn.facts, turn.talk, line)]
    if turn.guidance.brief is not None:
        asked.append(words_for(turn.guidance.brief, turn.heard.text, turn.facts, turn.talk, line))
    return repr(asked)


def test_nothing_of_a_caller_leaves(calls: list[Call]) -> None:
    turns = 0
    for call in calls:
        line = line_of(call.scene)
        any_secret = re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, dict.fromkeys(secrets(call.scene))))})(?!\w)", re.IGNORECASE
        )
        stored = stored_turns([call.events], SCRIPTS, lambda _, it=line, c=call: (it, c.scene.script))  # type: ignore[misc]
        turns += len(stored.turns)
        for turn in stored.turns:
            leaked = any_secret.findall(shown(turn, line))
            assert not leaked, (call.scene.seed, turn.id, leaked, turn.heard.text, turn.talk[-3:])
    assert turns > 2 * len(calls), "most of what is said says nothing of anybody, and is asked about"
    print(f"{len(calls)} simulated calls, {turns} turns shown, nothing of a caller in any")


def test_the_check_sees_what_is_not_masked(calls: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Masking, "event", lambda self, event, guidance=None: event)
    leaks = 0
    for call in calls[:20]:
        line = line_of(call.scene)
        stored = stored_turns([call.events], SCRIPTS, lambda _, it=line, c=call: (it, c.scene.script))  # type: ignore[misc]
        leaks += any(s in shown(turn, line) for turn in stored.turns for s in secrets(call.scene))
    assert leaks > 5


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my name is Ana Lindqvist", f"my name is {MASK} {MASK}"),
        ("Rose Baker here", f"{MASK} {MASK} here"),
        ("lindqvist is what it says", f"{MASK} is what it says"),
        ("two one two five five five zero one four three", MASK),
        ("call 212-555-0143 or (212) 555-0143", f"call {MASK} or ({MASK}"),
        ("it's A as in apple B one two", f"it's {MASK}"),
        ("order AB1204 please", f"order {MASK} please"),
        ("I live at twelve elm street", f"I live at {MASK}"),
        ("write to a.b@example.org", f"write to {MASK}"),
        ("it is anna at example dot org", f"it is {MASK}"),
        ("half past two on the twenty seventh", "half past two on the twenty seventh"),
        ("a cleaning on Friday at 14:30", "a cleaning on Friday at 14:30"),
        ("two hundred and fifty dollars", "two hundred and fifty dollars"),
        ("I don't think so, ten o'clock isn't good", "I don't think so, ten o'clock isn't good"),
    ],
)
def test_rules_which_do_not_know_the_call(said: str, left: str) -> None:
    assert Masking([], SCRIPTS, LINE).text(said) == left


def test_an_answer_to_a_personal_question_keeps_answering_words_alone() -> None:
    masking = Masking([], SCRIPTS, LINE)
    assert masking.text("yes it's under rose baker", strict=True) == f"yes it's under {MASK} {MASK}"
    assert masking.text("may second nineteen eighty", strict=True) == " ".join([MASK] * 4)


@given(st.text(alphabet="0123456789 -().+", min_size=7), st.sampled_from(["call {} now", "{}", "it is {}, yes"]))
def test_no_run_of_digits_stays(number: str, frame: str) -> None:
    left = Masking([], SCRIPTS, LINE).text(frame.format(number))
    assert not re.search(r"\d(?:[ \-().]*\d){6,}", re.sub(r"\d{4}-\d{2}-\d{2}", "", left)) or len(left) < 7


def test_stand_ins_are_nobodys() -> None:
    for kind, (value, words) in STAND_INS.items():
        assert kind == "free_text" or MASK not in value + words
    assert "55501" in STAND_INS["phone"][0] and STAND_INS["email"][0].endswith("@example.com")


@pytest.mark.parametrize("pattern", list(Repair))
def test_what_happened_stays_whatever_a_caller_is_called(pattern: Repair) -> None:
    bodies = [
        CallerSpoke(1, f"my name is {pattern.value.title()} Lindqvist", 0.0, 900.0, 0.9, "complete"),
        RepairApplied(pattern),
    ]
    events = [CallEvent("call:CA1", n, n * 1_000.0, body) for n, body in enumerate(bodies, 1)]
    masking = Masking(events, SCRIPTS, LINE)
    said, applied = (masking.event(event).body for event in events)
    assert applied == RepairApplied(pattern)
    assert isinstance(said, CallerSpoke) and "Lindqvist" not in said.text
