"""What was found for a number at ring, and under which name a line files its calls."""

from __future__ import annotations

from dataclasses import replace

from calls import events as ev
from calls import signals as sg
from calls.conversation import Conversation
from tests.calls.house import BYE, CALL, LINE, TRAITS, Bench, TinyScript, WordWatch


def test_hints_stand_on_the_record_before_the_first_word_and_under_names_no_line_can_use() -> None:
    bench = Bench()
    incoming = replace(CALL, hints={"tier": "gold", "since": 2019})
    bench.conversation = Conversation(LINE, incoming, TinyScript(), TRAITS, WordWatch())
    bench.answer()
    assert bench.names[:5] == [
        "call.answered", "carrier.connected", "fact.learned", "fact.learned", "workflow.started",
    ]  # fmt: skip
    learned = [body for body in bench.events if isinstance(body, ev.FactLearned)]
    assert [(body.fact, body.value) for body in learned] == [("hint.since", 2019), ("hint.tier", "gold")]


def test_a_line_files_outcomes_under_its_own_names() -> None:
    line = replace(LINE, dispositions={"done": "served"})
    bench = Bench(line=line)
    bench.answer()
    bench.agent_finishes()
    bench.caller_means("bye", BYE)
    bench.agent_finishes()
    bench.give(sg.LineLeft())
    ended = [body for body in bench.events if isinstance(body, ev.CallEnded)]
    assert [body.disposition for body in ended] == ["served"]
