"""What the conversation adds to repair: lines that must be said, read-backs that are cut, keys, a second call."""

from __future__ import annotations

import pytest

from calls.commands import AskHuman, CorrectSlot, Deny, FillSlot
from calls.events import HandoverRequested, RepairApplied, ResumeOffered, SlotFilled
from calls.line import HumanDestination
from calls.repairs import Repair
from calls.run import Earlier, SlotValue
from calls.speech import HeardBy
from tests.workflows.repair.house import Phone
from tests.workflows.repair.talk import SEEDS, draw, some

DESK = HumanDestination("number", "+15550199")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_is_reached_from_within_a_line_that_must_be_said(seed: int) -> None:
    rng = draw("call.human", seed)
    phone = Phone(human=DESK)
    phone.opens()
    by = some(rng, (HeardBy.KEYS, HeardBy.SPEECH))
    phone.means(AskHuman(), text="0" if by is HeardBy.KEYS else "agent please", by=by, heard="Harbor Dental, this")
    greeting = phone.said.rindex("automated assistant")
    assert phone.said.index("put you through") > greeting
    phone.hears_everything()
    assert any(isinstance(body, HandoverRequested) for body in phone.bodies)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cut_read_back_tells_how_much_was_heard(seed: int) -> None:
    rng = draw("call.read_back", seed)
    phone = Phone("callback")
    phone.opens()
    phone.hears_everything()
    phone.means(FillSlot("wish", "callback", "call me back"))
    phone.hears_everything()
    phone.means(Deny())
    phone.hears_everything()
    phone.means(FillSlot("phone", "+12125550192", "212 555 0192"))
    heard = some(rng, ("I have two one two", "I have two one two, five five five", "I have two"))
    phone.means(CorrectSlot("phone", "+13125550192", "no, three one two"), heard=heard)
    assert phone.turns[-1].guidance.heard == heard
    assert RepairApplied(Repair.READ_BACK_INTERRUPTED) in phone.bodies
    phone.hears_everything()
    phone.means(Deny())
    assert phone.turns[-1].guidance.heard == ""


def test_keys_stand_on_the_record_as_keys() -> None:
    phone = Phone()
    phone.opens()
    phone.hears_everything()
    phone.means(FillSlot("service", "checkup", "2"), text="2", by=HeardBy.KEYS)
    (filled,) = [body for body in phone.bodies if isinstance(body, SlotFilled)]
    assert filled.by is HeardBy.KEYS
    assert RepairApplied(Repair.KEYED) in phone.bodies


def test_a_second_call_offers_to_go_on_and_says_nothing_of_the_first() -> None:
    slots = {"service": SlotValue("cleaning", "a cleaning", 1.0), "name": SlotValue("Alex Kim", "Alex Kim", 1.0)}
    phone = Phone("support", Earlier("CA0", "book", "", "date", slots))
    phone.opens()
    assert any(isinstance(body, ResumeOffered) for body in phone.bodies)
    assert "Shall we go on where we were?" in phone.said
    assert "Alex" not in phone.said and "cleaning" not in phone.said
