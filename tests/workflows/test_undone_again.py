"""Done, taken back, done again, in any order: what stands in the books is what the caller wanted last."""

from __future__ import annotations

import random

import pytest

from calls.commands import Affirm, StartWorkflow
from calls.run import ActionRequest
from tests.counts import count
from tests.workflows.dialogue import FACTS, TODAY, Dialogue, finished
from tests.workflows.little import scripts
from tests.workflows.test_step_attributes import fill
from workflows.language import ScriptSet
from workflows.memory_actions import MemoryActions

FIRST, SECOND = "10:00", "15:00"
STEPS = {"move": "reschedule", "drop": "cancel_booking"}


def little() -> ScriptSet:
    """One booking; whatever the caller wants next is a choice."""
    return scripts(
        """\
script: little
title: your booking
slots:
  code: {kind: code, length: 5}
  last_name: {kind: person_name}
steps:
  who: {verify: booking, by: [code, last_name], failed: bye}
  more:
    choose:
      move: {says: [move it], then: ask_move}
      drop: {says: [drop it], then: ask_drop}
      move_back: {says: [move it back], then: unmove}
      drop_back: {says: [undrop it], then: undrop}
    ask: "Anything else?"
    no: bye
  ask_move: {choose: {sure: {says: [sure], then: move}}, ask: "Sure?", yes: move, no: more}
  ask_drop: {choose: {certain: {says: [certain], then: drop}}, ask: "Sure?", yes: drop, no: more}
  move:
    act: reschedule
    arguments: {date: {text: 2026-03-17}, time: {text: "15:00"}}
    refused: {else: more}
    then: more
  unmove: {act: take_back, arguments: {what: {text: reschedule}}, refused: {else: more}, then: more}
  drop: {act: cancel_booking, refused: {else: more}, then: more}
  undrop: {act: take_back, arguments: {what: {text: cancel_booking}}, refused: {else: more}, then: more}
  bye: {end: booked, say: Goodbye.}
""",
        checked=False,
    )


class Model:
    """What the caller would expect: moves and cancellations that stand, the newest last."""

    def __init__(self) -> None:
        self.moves = 0
        self.dropped = False

    def wants(self, choice: str) -> None:
        if choice == "drop":
            self.dropped = True
        elif choice == "drop_back":
            self.dropped = False
        elif not self.dropped:
            self.moves = 1 if choice == "move" else 0

    @property
    def stands(self) -> tuple[str, str]:
        return "cancelled" if self.dropped else "booked", SECOND if self.moves else FIRST


@pytest.mark.parametrize("seed", range(count(200, 30)))
def test_the_books_stand_as_the_last_word_of_the_caller_wants(seed: int) -> None:
    chance, books, model = random.Random(seed), MemoryActions(TODAY), Model()
    arguments = {
        "service": "cleaning", "date": "2026-03-17", "time": FIRST, "name": "Alex Kim", "phone": "+12125550143",
    }  # fmt: skip
    made = finished(books.run("CA0", FACTS, ActionRequest("k", "book", arguments, True)))
    assert made.receipt is not None
    call = Dialogue("little", little())
    call.actions = books
    call.opens().says(fill("code", str(made.receipt.result["code"])), fill("last_name", "Kim"))
    last = ""
    for _ in range(12):
        choice = chance.choice(["move", "drop", "move_back", "drop_back"])
        if choice == "move" and model.stands == ("booked", SECOND) and last != "move":
            # Moving to where it stands is a change of its own, and so is taking that back.
            continue
        call.says(StartWorkflow(choice))
        if choice in STEPS:
            call.says(Affirm())
        model.wants(choice)
        last = choice
        (row,) = books.books.bookings
        assert (row.status, row.local(FACTS.timezone).strftime("%H:%M")) == model.stands, (choice, call.turn)
