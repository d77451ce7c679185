"""What is said while something is looked up or done, and counts before its answer."""

from __future__ import annotations

import pytest

from calls import signals as sg
from calls.commands import Command, CorrectSlot, Deny, Remark
from calls.run import ActionSettled
from tests.calls.house import NONSENSE, TUESDAY, Bench, bench_listening


def under_way() -> Bench:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.caller_begins()
    bench.caller_says("something")
    bench.forget()
    return bench


@pytest.mark.parametrize("kind", ["another_speaker", "child"])
def test_somebody_else_at_the_phone_counts_before_the_answer(kind: str) -> None:
    bench = under_way()
    bench.understood(Remark(kind))  # type: ignore[arg-type]
    assert "action.set_aside" in bench.names and bench.state.run.awaiting == ""
    assert bench.said() == ["Which day?", "Any day is fine."]
    assert bench.state.requested is None
    bench.books()
    assert "You are booked." not in bench.said(), "not before a pause"
    bench.agent_finishes()
    assert "You are booked." in bench.said(), "the script decides what is told of it"


@pytest.mark.parametrize("said", [NONSENSE, Remark("chitchat"), Deny(), CorrectSlot("day", None, "")])
def test_what_is_being_written_is_not_undone_by_talking(said: Command) -> None:
    bench = under_way()
    bench.understood(said)
    assert "action.set_aside" not in bench.names and bench.state.run.awaiting == "k1"


def test_what_a_look_up_finds_after_it_was_set_aside_is_not_known() -> None:
    bench = under_way()
    bench.understood(Remark("another_speaker"))
    bench.give(sg.ActionDone(ActionSettled("k1", "book", found={"times": "9"}), 30.0))
    assert "times" not in bench.state.run.facts
