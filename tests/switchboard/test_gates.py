"""A line's own policy: found, refused when wrong, read again when changed, tried on calls before it counts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from calls import events as ev
from calls.errors import ConfigurationError
from calls.grounding import Ground
from calls.line import Line, Persona
from calls.speech import Clause
from switchboard.gate_trial import Trying
from switchboard.gates import Gates, gate_of, policy_of
from workflows.advance import ScriptDirector
from workflows.language.scripts import shipped_scripts

LINE = Line(
    id="front", number="+15550100", script="book", agent_name="Robin", business="Harbor Dental", greeting="Hello.",
)  # fmt: skip
HOUSE = """policy: house
version: {version}
rules:
  - {{id: cheap, kind: never, patterns: ['\\b{word}\\b'], strikes: ['It is {word}.'], passes: [It is good.]}}
"""


def test_a_line_without_a_policy_has_the_shipped_one(tmp_path: Path) -> None:
    assert Gates(tmp_path).of(LINE).policy.name == "default"


def test_a_lines_policy_stands_beside_lines_yaml_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    gates, line = Gates(tmp_path), replace(LINE, policy="house.yaml")
    (tmp_path / "house.yaml").write_text(HOUSE.format(version=1, word="cheap"))
    assert gates.of(line).judge(Clause("r1.1", "It is cheap.", "x"), Ground()).rule == "cheap"
    assert gates.of(line) is gates.of(line)
    (tmp_path / "house.yaml").write_text(HOUSE.format(version=2, word="bargain"))
    os.utime(tmp_path / "house.yaml", (1, 1))
    verdict = gates.of(line).judge(Clause("r1.1", "It is cheap.", "x"), Ground())
    assert verdict.rule == "" and verdict.policy == "house@2"


def test_a_policy_that_is_not_there_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"line front.*nowhere\.yaml"):
        Gates(tmp_path).refuse_wrong([LINE, replace(LINE, policy="nowhere.yaml")])


def test_words_a_persona_avoids_are_not_said_by_a_model(tmp_path: Path) -> None:
    gate = Gates(tmp_path).of(replace(LINE, persona=Persona(avoid=("folks",))))
    assert gate.judge(Clause("r1.1", "Hello folks."), Ground()).rule == "avoided"
    assert gate.judge(Clause("r1.1", "Hello folks.", "greeting"), Ground()).rule == ""


def test_nobody_hears_the_instructions(tmp_path: Path) -> None:
    gate = Gates(tmp_path).of(LINE)
    said = "Sure: when the caller's last words mean one of the commands, fill in the form at once."
    assert gate.judge(Clause("r1.1", said), Ground(mode="free")).rule == "prompt"


def test_a_trial_tells_what_would_be_judged_otherwise_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(HOUSE.format(version=1, word="Friday"))
    director = ScriptDirector(shipped_scripts(), "book")
    then = gate_of(LINE, policy_of(replace(LINE, policy="house.yaml"), tmp_path))
    events = [
        ev.CallAnswered(
            "CA1",
            "twilio",
            "+12125550142",
            "+15550100",
            "front",
            "v",
            "cascade",
            "en-US",
            "UTC",
            "2026-03-16T14:00:00+00:00",
        ),
        ev.LineChosen(
            "r1", 0, (Clause("r1.1", "Hello.", "greeting"), Clause("r1.2", "Is Friday fine?", "ask")), "", ""
        ),
    ]
    record = [ev.CallEvent("call:CA1", n, n * 10.0, body) for n, body in enumerate(events, 1)]
    trial = Trying(LINE, director, gate_of(LINE, policy_of(LINE, tmp_path)), then).call(record)
    assert trial.clauses == 2
    assert [(c.event, c.now, c.then, c.composed) for c in trial.changes] == [(2, "passes", "blocked: cheap", False)]
    same = Trying(LINE, director, then, then).call(record)
    assert same.changes == ()
