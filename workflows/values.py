"""Whether a value may be taken, and when it has to be read back."""

from __future__ import annotations

from datetime import date, timedelta

from calls.commands import Value
from calls.speech import HeardBy
from spoken import Kind, read_back, validate
from workflows.language.model import Act, Slot, Verify
from workflows.language.paths import slots_of
from workflows.rendering import fill as in_words
from workflows.rendering import items, joined, nearest
from workflows.turn import Turn

SURE = 0.7
"""confidence below which a slot with ``confirm: unsure`` is read back on its own"""

HARD_TO_HEAR = frozenset({Kind.person_name, Kind.spelled_name, Kind.phone, Kind.code, Kind.number, Kind.email})
"""A recognizer which is not exact is never trusted with these before something is looked up or done."""

SPELLABLE = frozenset({Kind.person_name, Kind.spelled_name})
PERSONAL = frozenset(
    {Kind.person_name, Kind.spelled_name, Kind.phone, Kind.email, Kind.address, Kind.postcode, Kind.date_of_birth,
     Kind.code, Kind.card, Kind.free_text}
)  # fmt: skip
"""Kinds which are not said to somebody who may be another person than before."""

MAX_TEXT = 2_000
"""characters of one answer; the rest is no answer"""


def canonical(slot: Slot, value: Value, turn: Turn) -> bool:
    """Whether ``value`` has the form of the slot's kind, whoever proposed it."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return False
    if slot.kind == Kind.choice:
        return value in [option.id for option in slot.options]
    if (slot.kind == Kind.yes_no) != isinstance(value, bool):
        return False
    numeric = slot.kind in (Kind.number, Kind.party_size, Kind.ordinal)
    if numeric != (isinstance(value, int | float) and not isinstance(value, bool)) and slot.kind != Kind.yes_no:
        return False
    try:
        return bool(read_back(slot.kind, value, turn.context(slot)).strip())
    except (ValueError, TypeError, OverflowError, IndexError, KeyError):
        return False


def objection(slot: Slot, value: Value, turn: Turn) -> str:
    """Why ``value`` cannot be taken, as a sentence; empty when it can."""
    context = turn.context(slot)
    least, most = _limit(slot, slot.minimum, context.today), _limit(slot, slot.maximum, context.today)
    return validate(slot.kind, value, context, minimum=least, maximum=most) or ""


def _limit(slot: Slot, limit: str | None, today: date) -> Value | None:
    if limit is None:
        return None
    if slot.kind == Kind.date and limit.startswith("today"):
        return (today + timedelta(days=int(limit[5:] or 0))).isoformat()
    if slot.kind in (Kind.number, Kind.party_size, Kind.ordinal):
        return float(limit) if "." in limit else int(limit)
    return limit


def nearest_limit(slot: Slot, value: Value, turn: Turn) -> str:
    """The bound a value lies beyond, as the nearest that can be had; empty when it lies beyond none."""
    context = turn.context(slot)
    least, most = _limit(slot, slot.minimum, context.today), _limit(slot, slot.maximum, context.today)
    early, late = ("earliest", "latest") if slot.kind in (Kind.date, Kind.time) else ("least", "most")
    for limit, beyond, which in ((least, _below(value, least), early), (most, _below(most, value), late)):
        if limit is not None and beyond and not objection(slot, limit, turn):
            return f"The {which} I can take is {in_words(slot.kind, limit, context)}."
    return ""


def _below(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one < other
    return isinstance(one, int | float) and isinstance(other, int | float) and one < other


def not_among(slot: Slot, value: Value, turn: Turn) -> str:
    """Why ``value`` is none of those on offer, with the nearest that are; empty when it is one."""
    if not slot.among or slot.among not in turn.run.facts:
        return ""
    offers = items(turn.run.facts[slot.among])
    if str(value) in offers:
        return ""
    context = turn.context(slot)
    said = in_words(slot.kind, value, context)
    near = joined([in_words(slot.kind, offer, context) for offer in nearest(slot.kind, value, offers)], "or")
    return f"I'm sorry, {said} isn't available." + (f" The nearest I have is {near}." if near else "")


HEARD = "_heard."
"""Fact: a name as it was understood before it was refused, by slot."""


def remember_heard(turn: Turn, slot: Slot) -> None:
    """Keep a name that was refused: it tells where the first name ends once it is spelled."""
    if slot.kind in SPELLABLE and turn.known(slot.name) is not None:
        turn.learn(f"{HEARD}{slot.name}", str(turn.known(slot.name)))


def one_name_only(slot: Slot) -> bool:
    """Whether the slot is for a part of a name: nobody answers "your last name?" with two."""
    called = (slot.name.replace("_", " "), *slot.names)
    return any(part in name for name in called for part in _PARTS_OF_NAMES)


_PARTS_OF_NAMES = ("last name", "surname", "family name", "first name", "given name")


def needs_yes(slot: Slot, turn: Turn) -> bool:
    """Whether the slot's value has to be read back on its own before going on."""
    held = turn.run.slots.get(slot.name)
    if held is None or held.confirmed or slot.confirm == "never":
        return False
    if held.by is HeardBy.KEYS and slot.confirm != "explicit":
        return False  # keys are exact
    if slot.confirm == "explicit" or turn.counted(f"refused.{slot.name}"):
        return True
    if slot.confirm == "unsure" and held.confidence < SURE:
        return True
    return not turn.facts.exact_hearing and slot.kind in HARD_TO_HEAR and _looked_up(slot, turn)


def _looked_up(slot: Slot, turn: Turn) -> bool:
    """A look-up with this slot comes before any confirmation of everything, or it proves who is calling."""
    return any(
        (isinstance(step, Act) and not step.writes and slot.name in slots_of(step))
        or (isinstance(step, Verify) and slot.name in step.by)
        for step in turn.script.steps.values()
    )


def locked(turn: Turn) -> set[str]:
    """Slots of what has been done in this call: they cannot be changed any more."""
    done = [
        step for step in turn.script.steps.values() if isinstance(step, Act) and step.writes and turn.committed(step)
    ]
    return {slot for step in done for slot in slots_of(step)}


def caller_number(turn: Turn) -> str:
    """The number the caller is calling from, when it can be called back; else empty."""
    number = turn.facts.caller
    if not number.startswith("+") or validate(Kind.phone, number, turn.context()):
        return ""
    return number


def offers_caller(slot: Slot, turn: Turn) -> bool:
    """Whether the caller's own number is to be proposed for ``slot`` now."""
    return slot.offer_caller and not turn.counted(f"offered.{slot.name}") and bool(caller_number(turn))


def offer_near(turn: Turn, slot: Slot, wanted: Value) -> None:
    """Remember which values were named in place of ``wanted``: the caller may say "the second one"."""
    if slot.among and slot.among in turn.run.facts:
        offers = nearest(slot.kind, wanted, items(turn.run.facts[slot.among]))
        turn.learn(f"_offered.{slot.name}", ",".join(offers))


DAY_PARTS = {"morning": ("05:00", "12:00"), "afternoon": ("12:00", "18:00"), "evening": ("17:00", "24:00")}


def day_part_of(part: str) -> tuple[str, str] | None:
    """From when to when the part of the day lasts that is named in ``part``."""
    return next((edges for name, edges in DAY_PARTS.items() if name in part.lower()), None)
