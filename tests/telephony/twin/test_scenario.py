"""Scenario files: played against a server, and refused with FILE:LINE."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.twin import CallResult, Human
from telephony.twin.scenario import Scenario, ScenarioError, load, parse_scenario
from tests.telephony.twin.desk import Desk, tone
from tests.telephony.twin.scene import call

BOOKS = """
name: books for Tuesday
from: "+15550100"
human: {outcome: no-answer, after: 2}
steps:
  - hears: greeting
  - says: an appointment please
  - expects: "Tuesday"
  - keys: "12"
    waits: no
  - says: on Tuesday
    waits: no
  - says: no
    over: 0.5
  - silence: 1.5
  - says: hello
    at: 12
    waits: no
  - hang_up: true
"""


async def voice(text: str) -> bytes:
    return tone(30 * len(text) + 200)


async def ear(audio: bytes) -> str:
    return "On TUESDAY, then?"


def play(scenario: Scenario, desk: Desk) -> CallResult:
    return call(desk, scenario, voice=voice, ear=ear)


def test_a_scenario_is_a_caller() -> None:
    desk = Desk(thinks_ms=900)
    result = play(parse_scenario(BOOKS), desk)
    assert result.gave_up == ""
    assert [(turn.kind, turn.text) for turn in result.turns] == [
        ("speech", "an appointment please"),
        ("keys", "12"),
        ("speech", "on Tuesday"),
        ("speech", "no"),
        ("speech", "hello"),
    ]
    assert desk.keys == "12"
    assert result.turns[-1].start_ms >= 12_000
    assert result.end_reason == "caller_hung_up"


def test_what_else_it_says() -> None:
    scenario = parse_scenario(BOOKS)
    assert (scenario.name, scenario.from_, scenario.to) == ("books for Tuesday", "+15550100", None)
    assert scenario.human == Human("no-answer", after_ms=2_000)
    assert [step.where for step in scenario.steps[:2]] == ["scenario:6", "scenario:7"]


def test_an_expectation_that_fails_names_its_line() -> None:
    scenario = parse_scenario("steps:\n- hears: greeting\n- expects: wednes\n")
    result = play(scenario, Desk())
    assert result.gave_up == "scenario:3: expected to hear 'wednes', the agent said 'On TUESDAY, then?'"
    assert result.end_reason == "caller_gave_up"


def test_voicing_beforehand_needs_no_voice_in_the_call() -> None:
    from calls.virtual_time import run_virtual

    scenario = parse_scenario("steps:\n- hears: greeting\n- says: hello\n- hang_up: true\n")
    run_virtual(scenario.prepare(voice))
    assert call(Desk(), scenario).turns[0].text == "hello"


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", 1, "expected `key: value`"),
        ("- says: x", 1, "expected `key: value`"),
        ("name: x", 1, "needs `steps:`"),
        ("steps: hello", 1, "must be a list"),
        ("steps: []", 1, "must be a list"),
        ("steps:\n- says: x\n- sings: y", 3, "unknown `sings`"),
        ("steps:\n- says: x\n  keys: '1'", 2, "exactly one of"),
        ("steps:\n- hello", 2, "expected `key: value`"),
        ("steps:\n- says: [a]", 2, "expected one value"),
        ("steps:\n- says: ''", 2, "write the words"),
        ("steps:\n- keys: 12x", 2, "use 0-9"),
        ("steps:\n- hears: music", 2, "hears: greeting"),
        ("steps:\n- silence: long", 2, "0 to 3600"),
        ("steps:\n- silence: -1", 2, "0 to 3600"),
        ("steps:\n- says: x\n  at: nan", 3, "0 to 3600"),
        ("steps:\n- drop: true\n  at: 3", 3, "belongs to `says`"),
        ("steps:\n- says: x\n  says: y", 3, "given twice"),
        ("human: {outcome: asleep}\nsteps:\n- hang_up: true", 1, "answers, busy"),
        ("steps:\n- says: 'x", 2, "not YAML"),
        ("steps:\n\t- says: x", 2, "not YAML"),
    ],
)
def test_errors_name_file_and_line(text: str, where: int, why: str) -> None:
    with pytest.raises(ScenarioError, match=why) as refused:
        parse_scenario(text, "call.yaml")
    assert str(refused.value).startswith(f"call.yaml:{where}: ")


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nsteps: [*x]",
        "[" * 5000,
        b"\xff\xfe\x00",
        b"steps: \x00",
        "x" * 300_000,
        "a: !!python/object:os.x {}",
    ],
)
def test_hostile_files_are_refused(text: str | bytes) -> None:
    with pytest.raises(ScenarioError, match=r"^call\.yaml"):
        parse_scenario(text, "call.yaml")


def test_files(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        load(tmp_path / "missing.yaml")
    path = tmp_path / "call.yaml"
    path.write_text(BOOKS)
    assert len(load(path).steps) == 9
