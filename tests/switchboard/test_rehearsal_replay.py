"""Stored calls decided again: the same code decides the same, other code is told apart at its first difference."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent.understanding.local import LocalUnderstander
from calls import events as ev
from switchboard.rehearsal.allowances import Allowance, load_allowances
from switchboard.rehearsal.collection import SCENARIOS, scenario_files
from switchboard.rehearsal.performance import perform
from switchboard.rehearsal.replaying import Replayed, Replayer
from switchboard.rehearsal.scenario_reader import load_scenario
from workflows.advance import ScriptDirector
from workflows.language.loader import read_script
from workflows.language.scripts import SHIPPED, ScriptSet, shipped_scripts

SCRIPTS = shipped_scripts()
BOOKING = SCENARIOS / "book" / "one_question_at_a_time.yaml"


def recorded(path: Path) -> tuple[ev.CallEvent, ...]:
    return asyncio.run(perform(load_scenario(path), SCRIPTS, LocalUnderstander())).events


def replayed(path: Path, scripts: ScriptSet = SCRIPTS, *allowances: Allowance) -> Replayed:
    scenario = load_scenario(path)
    director = ScriptDirector(scripts, scenario.script)
    return Replayer(scenario.line, director, allowances=allowances).replay(recorded(path))


def with_book(old: str, new: str) -> ScriptSet:
    text = (SHIPPED / "book.yaml").read_text(encoding="utf-8")
    assert old in text
    return ScriptSet.of({**SCRIPTS.scripts, "book": read_script(text.replace(old, new, 1), "book.yaml")}.values())


@pytest.mark.parametrize("path", scenario_files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_same_code_decides_the_same(path: Path) -> None:
    result = replayed(path)
    assert result.divergences == ()
    assert result.decisions > 5
    assert result.unexplained <= 3


def test_the_first_difference_is_named() -> None:
    (difference,) = replayed(BOOKING, with_book("What day would you like to come in?", "Which day?")).divergences
    assert "What day would you like to come in?" in difference.recorded
    assert "Which day?" in difference.now
    assert not difference.allowed
    assert "StartWorkflow" in difference.after or "FillSlot" in difference.after


def test_a_declared_change_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(
        "changes:\n  - event: line.chosen\n    where: {clauses.line: date.ask}\n    reason: shorter question\n"
    )
    other = with_book("What day would you like to come in?", "Which day?")
    result = replayed(BOOKING, other, *load_allowances(path))
    assert result.identical
    assert [one.allowed for one in result.divergences] == ["shorter question"]
    assert result.decisions == replayed(BOOKING).decisions


def test_only_the_digest_of_a_script_may_differ() -> None:
    commented = with_book("script: book", "script: book\n# nothing that matters")
    assert commented.scripts["book"].digest != SCRIPTS.scripts["book"].digest
    assert replayed(BOOKING, commented).divergences == ()


def test_another_flow_diverges_where_it_turns() -> None:
    (difference,) = replayed(BOOKING, with_book("among: times", "confirm: explicit")).divergences
    assert difference.after == "commands.understood: FillSlot"
    assert difference.recorded != difference.now == "confirmation.asked: slot time"
