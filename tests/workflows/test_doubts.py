"""A doubt, or somebody else at the phone, while it is being looked up who is calling and what is theirs."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Command, CorrectSlot, Deny, Remark
from calls.events import ActionSetAside
from calls.run import ActionSettled, Commanded
from tests.workflows.dialogue import Dialogue
from tests.workflows.test_verify import FOUND, RIGHT, SECRETS, give, opened


def says_meanwhile(call: Dialogue, *commands: Command) -> Dialogue:
    """As the conversation does: what is under way is not waited for any more, and answers later."""
    asked, call.pending = call.pending, None
    assert asked is not None
    call._keep(ActionSetAside(asked.key))
    call.hears(Commanded(commands, "", set_aside=True))
    return call


def checking() -> Dialogue:
    call = opened()
    call.hold = True
    call.says(*give(**RIGHT))
    assert call.pending is not None and call.pending.action == "verify_caller"
    return call


def looking() -> Dialogue:
    call = checking()
    call.settles()
    assert call.pending is not None and call.pending.action == "find_booking"
    return call


DOUBTS = [Deny(), Remark("another_speaker"), Remark("child")]


@pytest.mark.parametrize("said", DOUBTS)
def test_what_was_about_to_prove_the_caller_proves_nothing(said: Command) -> None:
    call = checking()
    key = call.requests[-1].key
    says_meanwhile(call, said)
    assert call.pending is None and call.turn, "it is asked again"
    found = {"verified_subject": "booking-17", "verified_level": "facts"}
    call.hears(ActionSettled(key, "verify_caller", found=found))
    assert call.run.verified is None and "code" not in call.slots
    call.hold = False
    call.says(Affirm())
    assert not any(secret in " ".join(call.said) for secret in SECRETS)


@pytest.mark.parametrize("said", DOUBTS)
def test_what_is_looked_up_of_a_person_is_not_told_and_the_proof_lapses(said: Command) -> None:
    call = looking()
    says_meanwhile(call, said)
    call.hold = False
    call.says(Affirm())
    assert call.run.verified is None and not FOUND.keys() & call.run.facts.keys()
    assert not any(secret in " ".join(call.said) for secret in SECRETS)
    call.says(*give(**RIGHT))
    assert "March eighteenth" in call.words, "who proves it again is told"


def test_a_correction_meanwhile_is_taken() -> None:
    call = checking()
    call.hold = False
    says_meanwhile(call, CorrectSlot("last_name", "Kin", "kin"), Deny())
    assert call.run.verified is None and "March eighteenth" not in " ".join(call.said)
