"""Whole calls over a line on which hearing is sure of nothing: keys bring them home, and no misheard word ends them."""

from __future__ import annotations

from agent.scripted import ScriptedRecognizer, scripted_engine
from calls import events as ev
from calls.repairs import Repair
from spoken import to_pairs
from telephony.twin import Caller
from tests.scenes.stage import asked, run_scene
from tests.scenes.test_booking import booking

HARDLY = 0.5
"""hearing's confidence"""


def babble(text: str) -> str:
    """What is heard of some words."""
    return {"anna miller": "okay goodbye now"}.get(text.lower(), text)


def test_a_name_heard_as_a_goodbye_ends_no_call() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("a check-up on Tuesday at ten")
        while "What name" not in (question := await asked(phone)):
            await phone.presses("1" if "Press one for yes" in question else "")
        await phone.says("Anna Miller")
        await asked(phone, "stop here", "Press one for yes")
        await phone.presses("2")
        await asked(phone, "What name")
        await phone.presses(to_pairs("Anna Miller") + "#")
        while "booking code" not in (question := await asked(phone)):
            await phone.presses("1")
        await phone.hangs_up()

    played = run_scene(caller, engine=scripted_engine(ScriptedRecognizer(mishears=babble, confidence=HARDLY)))
    assert played.bookings == booking(), played.transcript
    assert Repair.STOP_ASKED in [body.pattern for body in played.all(ev.RepairApplied)]
