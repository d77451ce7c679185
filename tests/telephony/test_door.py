"""Which calls the door keeps in mind."""

from __future__ import annotations

from calls.line import IncomingCall
from telephony.door import Seat
from tests.telephony.front import Front, virtual


def call(number: int) -> IncomingCall:
    return IncomingCall(f"CA{number:04d}", "+15550111", "+15550199")


def test_long_calls_at_the_head_keep_no_other_from_being_forgotten() -> None:
    async def scene(front: Front) -> None:
        front.door._capacity = 20
        for number in range(60):
            visit = front.door.visit(call(number))
            if number < 10:
                visit.seat = Seat(1)
        assert len(front.door) <= 20
        assert all(front.door.find(f"CA{number:04d}") is not None for number in range(10))
        assert front.door.find("CA0059") is not None and front.door.find("CA0030") is None

    virtual(scene)
