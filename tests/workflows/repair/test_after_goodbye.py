"""The caller goes on while the last words sound, and comes back into the call."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, AskQuestion, Command, FillSlot, Goodbye, Remark, StartWorkflow
from calls.events import CallEnded, RepairApplied
from calls.repairs import Repair
from tests.workflows.repair.house import Phone
from tests.workflows.repair.talk import SEEDS, booking, draw, some


@pytest.mark.parametrize("seed", SEEDS)
def test_the_script_goes_on(seed: int) -> None:
    rng = draw("after_goodbye", seed)
    talk = booking(rng, [("service",), ("service", "date")])
    before = talk.asked
    talk.words_heard(some(rng, ("goodbye", "bye", "that's all, goodbye")))
    assert talk.ending[0] == "hang_up", talk.meant
    talk.words_heard(some(rng, ("oh wait, on Friday at ten", "sorry, Friday at ten o'clock after all")), leaving=True)
    assert Repair.AFTER_GOODBYE in talk.repairs
    assert talk.ending == ("", "")
    assert before in talk.slots
    assert talk.run.outcome == ""


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_call_the_last_words_are_cut(seed: int) -> None:
    rng = draw("after_goodbye.call", seed)
    goes_on: list[Command] = [
        StartWorkflow("support"),
        AskQuestion("hours", "when are you open"),
        FillSlot("service", "cleaning", "a cleaning"),
        AskQuestion("robot", "are you a robot"),
    ]
    phone = Phone()
    phone.opens()
    phone.hears_everything()
    phone.means(Goodbye())
    assert phone.state.farewell
    phone.means(some(rng, goes_on))
    assert RepairApplied(Repair.AFTER_GOODBYE) in phone.bodies
    assert not phone.state.farewell
    phone.hears_everything()
    assert not any(isinstance(body, CallEnded) for body in phone.bodies)
    assert not phone.state.leaving


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thank_you_lets_the_goodbye_finish(seed: int) -> None:
    rng = draw("after_goodbye.thanks", seed)
    phone = Phone()
    phone.opens()
    phone.hears_everything()
    phone.means(Goodbye())
    phone.means(some(rng, (Goodbye(), Affirm(), Remark("thanks"), Remark("chitchat"))))
    assert phone.state.farewell
    phone.hears_everything()
    assert phone.state.leaving == "hang_up"
