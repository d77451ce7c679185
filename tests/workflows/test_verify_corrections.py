"""What a caller takes back or contradicts after a proof: nothing of a record is said on a proof that was withdrawn."""

from __future__ import annotations

import random

import pytest

from calls.commands import CorrectSlot
from calls.events import VerificationFailed
from tests.counts import count
from tests.workflows.test_verify import RIGHT, SECRETS, give, opened, proved

WRONG = {"code": "AAAAAA", "last_name": "Nobody"}


@pytest.mark.parametrize("slot", ["code", "last_name"])
def test_a_contradiction_after_the_proof_is_not_answered_with_the_record(slot: str) -> None:
    call = proved().says(CorrectSlot(slot, WRONG[slot], WRONG[slot]))
    assert call.turn == ["I'm sorry, I can't match what you gave me.", "What is your booking code?"]
    assert call.run.verified is None
    assert "booking_date" not in call.run.facts


@pytest.mark.parametrize("slot", ["code", "last_name"])
def test_who_then_proves_it_after_all_is_told(slot: str) -> None:
    call = proved().says(CorrectSlot(slot, WRONG[slot], WRONG[slot])).says(*give(**RIGHT))
    assert call.run.verified is not None
    assert "March eighteenth" in " ".join(call.turn)


@pytest.mark.parametrize("seed", range(count(1000, 60)))
def test_whatever_is_corrected_only_the_newest_proof_counts(seed: int) -> None:
    """Of random gives and corrections: in a turn whose newest attempt failed nothing of the record is said."""
    chance, call = random.Random(seed), opened(has_human=True)
    for _ in range(8):
        if call.ending:
            break
        slot = chance.choice(("code", "last_name"))
        value = RIGHT[slot] if chance.random() < 0.6 else WRONG[slot]
        filled = slot in call.slots
        call.says(*((CorrectSlot(slot, value, str(value)),) if filled else give(**{slot: value})))
        failed = [body for body in call.record[-40:] if isinstance(body, VerificationFailed)]
        if "can't match" in " ".join(call.turn):
            assert failed
            assert call.run.verified is None
            assert not [secret for secret in SECRETS if secret in " ".join(call.turn)], (seed, call.turn)
        if call.run.verified is None:
            assert "booking_date" not in call.run.facts
