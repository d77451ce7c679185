"""What the scripts say of themselves passes the gate before the voice: it would be cut out there, in the middle."""

from __future__ import annotations

import pytest

from agent.guardrail.gate import RuleGuardrail, sentences
from calls.grounding import Ground
from calls.speech import Clause
from tests.workflows.dialogue import SCRIPTS
from workflows.backends.desk import ORDER_WORDS, TICKET_WORDS
from workflows.language.paths import lines_of

LINES = [
    (f"{script.name}.{step.id}", line)
    for script in SCRIPTS.scripts.values()
    for step in script.steps.values()
    if not script.committed[step.id]
    for line in lines_of(step)
]
LINES += [(f"{s.name}.{t.id}", t.answer) for s in SCRIPTS.scripts.values() for t in s.topics.values()]
STATES = [f"Your order {words}." for words in ORDER_WORDS.values()]
STATES += [f"Your ticket {words}." for words in TICKET_WORDS.values()]


def struck(text: str) -> list[str]:
    """Sentences the gate would not let pass without a receipt."""
    gate = RuleGuardrail()
    return [sentence for sentence in sentences(text) if gate.judge(Clause("line", sentence), Ground()).rule]


@pytest.mark.parametrize(("where", "line"), LINES, ids=[where for where, _ in LINES])
def test_no_line_is_cut_out_by_the_gate(where: str, line: object) -> None:
    assert struck(line.words.replace("…", "Monday")) == [], where  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", STATES)
def test_what_is_told_of_orders_and_tickets_is_no_claim(state: str) -> None:
    assert struck(state) == []
