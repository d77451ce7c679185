"""Keys where speech was asked for."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, Talk, booking, draw, some


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_answer(seed: int) -> None:
    rng = draw("keyed", seed)
    slot, keys, value = some(
        rng,
        (
            ("phone", "2125550192", "+12125550192"),
            ("phone", "2125550142#", "+12125550142"),
            ("date", "0319", "2026-03-19"),
            ("date", "0320#", "2026-03-20"),
            ("service", "1", "cleaning"),
            ("service", "2", "checkup"),
        ),
    )
    order = ["service", "date", "time", "name", "phone"]
    talk = booking(rng, [tuple(order[: order.index(slot)])])
    talk.words_heard(keys, keys=True)
    assert talk.slots[slot] == value, talk.meant
    assert Repair.KEYED in talk.repairs


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_number_keyed_in_is_not_read_back(seed: int) -> None:
    number = f"{draw('keyed.order', seed).randrange(10**6):06d}"
    talk = Talk("support", exact_hearing=False)
    talk.opens()
    talk.words_heard("my order").words_heard(number, keys=True)
    assert talk.run.confirming == ""
    assert [request.action for request in talk.requests] == ["order_status"]
