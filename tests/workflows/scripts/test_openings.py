"""How a call begins: who speaks, that it is a machine, that it is recorded, and one question; by the words' time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchboard.lines import parse
from tests.workflows.dialogue import Dialogue
from workflows.language import shipped_scripts
from workflows.language.scripts import SHIPPED
from workflows.lint import lint_files

WORDS_PER_MINUTE = 150
"""the pace of a calm voice"""

LINES = Path(__file__).resolve().parents[3] / "lines.yaml"
SCRIPTS = shipped_scripts().scripts
STARTING = sorted(set(SCRIPTS) - {"callback", "survey"})
"""the others begin only after one of these"""


def seconds(text: str) -> float:
    """How long words take."""
    return len(re.findall(r"[\w'’-]+", text)) * 60 / WORDS_PER_MINUTE


@pytest.mark.parametrize("line", parse(LINES.read_text(encoding="utf-8"), "lines.yaml"), ids=lambda line: line.id)
def test_the_notice_of_every_line_is_heard_within_six_seconds(line: object) -> None:
    greeting, name, business = line.greeting, line.agent_name, line.business  # type: ignore[attr-defined]
    assert name in greeting
    assert business in greeting
    assert "automated" in greeting
    assert "recorded" in greeting
    assert seconds(greeting) <= 6.0, f"{seconds(greeting):.1f} s"


@pytest.mark.parametrize("name", STARTING)
def test_a_script_says_nothing_before_its_first_question_and_does_not_repeat_the_notice(name: str) -> None:
    call = Dialogue(name).opens()
    greeting, *rest = call.last.lines
    assert greeting.must_say
    (asked,) = rest
    assert "?" in asked.text
    assert not re.search(r"\b(hello|recorded|automated|assistant)\b", asked.text, re.IGNORECASE)
    assert seconds(asked.text) <= 6.0, f"{seconds(asked.text):.1f} s"


def test_the_shipped_scripts_are_linted_without_complaint() -> None:
    assert lint_files(sorted(SHIPPED.glob("*.yaml")), beside=list(SCRIPTS.values())) == []


@pytest.mark.parametrize("name", STARTING)
def test_hours_prices_and_the_way_are_told_everywhere(name: str) -> None:
    assert {"hours", "price", "place"} <= set(SCRIPTS[name].topics)
