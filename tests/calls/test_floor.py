from __future__ import annotations

import pytest

from calls.floor import FROM_ANYWHERE, TRANSITIONS, Cue, Floor, move


def test_every_floor_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Floor)


@pytest.mark.parametrize("floor", [f for f in Floor if f is not Floor.ENDED])
def test_every_floor_can_lose_the_line(floor: Floor) -> None:
    assert move(floor, "carrier.lost") is Floor.AWAY
    assert move(floor, "call.ended") is Floor.ENDED


@pytest.mark.parametrize("cue", list(Cue))
def test_an_ended_call_stays_ended(cue: Cue) -> None:
    assert move(Floor.ENDED, cue.value) is Floor.ENDED


def test_every_floor_can_be_reached() -> None:
    reached = {Floor.IDLE}
    while True:
        more = {move(floor, cue.value) for floor in reached for cue in Cue} | reached
        if more == reached:
            break
        reached = more
    assert reached == set(Floor)


@pytest.mark.parametrize("name", ["slot.filled", "guardrail.cleared", "nonsense", ""])
def test_other_events_leave_the_floor(name: str) -> None:
    assert all(move(floor, name) is floor for floor in Floor)


def test_what_holds_anywhere_stands_in_no_row() -> None:
    assert not any(cue in row for row in TRANSITIONS.values() for cue in FROM_ANYWHERE)
