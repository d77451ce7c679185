"""What is meant by a question: the step's own help, or the kind of the value with an example."""

from __future__ import annotations

from calls.repairs import Repair
from spoken import Kind
from workflows.asking import asked_slot, ladder
from workflows.language.model import Choose, Confirm, Slot
from workflows.rendering import joined
from workflows.repair.back import back
from workflows.turn import Turn

EXAMPLES: dict[str, str] = {
    Kind.date: "I need a day. You can say, for example, next Tuesday, or the fourteenth.",
    Kind.time: "I need a time of day. You can say, for example, half past two, or ten in the morning.",
    Kind.datetime: "I need a day and a time. You can say, for example, Tuesday at half past two.",
    Kind.date_range: "I need the first and the last day. You can say, for example, from Monday to Thursday.",
    Kind.duration: "I need a length of time. You can say, for example, two hours, or three days.",
    Kind.number: "I need a number. You can say, for example, twelve.",
    Kind.ordinal: "I need a place in the order. You can say, for example, the second.",
    Kind.money: "I need an amount. You can say, for example, twenty five dollars.",
    Kind.phone: "I need a phone number, digit by digit, with the area code. You can also enter it with the keys.",
    Kind.email: "I need an e-mail address. You can say, for example, sam dot lee at example dot com.",
    Kind.person_name: "I need a name, first and last. You can also spell it, letter by letter.",
    Kind.spelled_name: "Please spell the name, letter by letter.",
    Kind.address: "I need a street with its number, and the town.",
    Kind.postcode: "I need the postal code, digit by digit.",
    Kind.date_of_birth: "I need the day, the month and the year of birth. You can also enter it with the keys.",
    Kind.yes_no: "A yes or a no is enough.",
    Kind.party_size: "I need to know how many people it is for. You can say, for example, four.",
    Kind.card: "I need the number on the card. You can enter it with the keys.",
    Kind.free_text: "You can say it in your own words, a sentence or two.",
}


def explain(turn: Turn) -> None:
    """Say what is wanted, in other words than the question's; then the question again."""
    turn.applied(Repair.EXPLAINED)
    step, slot = turn.step, asked_slot(turn)
    own = ladder(turn).help
    if own is not None and (not turn.run.confirming or slot is None):
        turn.say(f"{step.id}.help", own)
    elif slot is not None and turn.run.confirming:
        turn.word("explain_read_back")
    elif slot is not None:
        turn.utter("house.explain", _about(slot))
    elif isinstance(step, Confirm):
        turn.word("explain_confirm")
    elif isinstance(step, Choose):
        said = [intent.says[0] for intent in step.intents if intent.says]
        turn.utter("house.explain", f"You can say, for example, {joined(said[:3], 'or')}.")
    back(turn)


def _about(slot: Slot) -> str:
    if slot.kind == Kind.choice:
        return f"You can choose {joined([option.says[0] for option in slot.options], 'or')}."
    if slot.kind == Kind.code:
        characters = f" of {slot.length} characters" if slot.length else ""
        return f"I need {slot.names[0]}, a code{characters}. You can say it one by one, or enter it with the keys."
    return EXAMPLES[slot.kind]
