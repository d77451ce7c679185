"""What the scripts say of themselves passes the gate before the voice: it would be cut out there, in the middle."""

from __future__ import annotations

import pytest

from agent.guardrail.gate import RuleGuardrail
from calls.grounding import Ground
from calls.phrases import clauses_of
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
OUTCOMES = [
    (f"{script.name}.{step.id}", line)
    for script in SCRIPTS.scripts.values()
    for step in script.steps.values()
    if script.committed[step.id]
    for line in lines_of(step)
]
LINES += [(f"{s.name}.{t.id}", t.answer) for s in SCRIPTS.scripts.values() for t in s.topics.values()]
STATES = [f"Your order {words}." for words in ORDER_WORDS.values()]
STATES += [f"Your ticket {words}." for words in TICKET_WORDS.values()]


GATE = RuleGuardrail()


def struck(text: str, where: str = "sample", receipt: str = "", receipts: frozenset[str] = frozenset()) -> list[str]:
    """Clauses the gate would not say as they are, judged as a call has a script's line judged."""
    found = [Clause(f"r1.{n}", words, where, receipt=receipt) for n, words in enumerate(clauses_of(text), 1)]
    return [clause.text for clause in found if GATE.judge(clause, Ground(receipts)).clause is not clause]


@pytest.mark.parametrize(("where", "line"), LINES, ids=[where for where, _ in LINES])
def test_no_line_is_cut_out_by_the_gate(where: str, line: object) -> None:
    assert struck(line.words.replace("…", "Monday")) == [], where  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", STATES)
def test_what_is_told_of_orders_and_tickets_is_no_claim(state: str) -> None:
    assert struck(state) == []


@pytest.mark.parametrize("claim", ["You are booked for Monday at nine.", "Your order has been cancelled."])
def test_a_line_that_tells_an_outcome_without_a_receipt_is_struck(claim: str) -> None:
    assert struck(f"Thank you. {claim}") == [claim]
    assert struck(claim, receipt="key", receipts=frozenset({"other"})) == [claim]
    assert struck(claim, receipt="key", receipts=frozenset({"key"})) == []


def test_outcomes_of_the_scripts_would_be_struck_without_their_receipts() -> None:
    """A gate which lets everything pass would let these, too."""
    assert len(OUTCOMES) >= 5
    spoken = [where for where, line in OUTCOMES if struck(line.words.replace("…", "Monday"), where)]
    assert len(spoken) >= 5, "each of them tells, without the words of a receipt, that something was done"
    for where, line in OUTCOMES:
        words = line.words.replace("…", "Monday")
        assert struck(words, where, "key", frozenset({"key"})) == [], where
        assert struck(words, where, "key"), where
