from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from calls.changed import changed
from calls.floor import Floor
from calls.state import CallState


def test_it_is_the_copy_that_replace_makes() -> None:
    before = CallState(turn=3)
    after = changed(before, floor=Floor.AGENT, silences=2)
    assert after == replace(before, floor=Floor.AGENT, silences=2)
    assert before == CallState(turn=3)


def test_the_copy_is_frozen_as_well() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(changed(CallState(), turn=1), "turn", 2)  # noqa: B010  # an assignment mypy would rightly refuse


def test_a_field_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"CallState has no field \['turns'\]"):
        changed(CallState(), turns=1)
