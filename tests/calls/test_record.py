from __future__ import annotations

import hashlib
import json
import typing
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import commands as cm
from calls import events as ev
from calls.chain import GENESIS, Envelope, leaf_of, sealed, verify
from calls.codec import canonical, decode, encode
from calls.errors import BrokenChain, StaleEpoch, UnknownEvent
from calls.memory_sink import MemorySink
from calls.record import CallRecord
from calls.virtual_time import run_virtual


def bodies() -> st.SearchStrategy[ev.EventBody]:
    return st.one_of(*(st.from_type(kind) for kind in typing.get_args(ev.EventBody)))


# Text that no JSON file may hold (lone surrogates) cannot come out of a JSON frame either.
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
st.register_type_strategy(float, st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))


@given(bodies())
def test_every_event_survives_being_stored(body: ev.EventBody) -> None:
    assert decode(body.name, body.version, encode(body)) == body


@given(bodies())
def test_equal_events_have_equal_bytes(body: ev.EventBody) -> None:
    data = encode(body)
    assert canonical(json.loads(data)) == data


def test_every_member_of_the_union_has_a_name_in_the_past_tense_with_a_dot() -> None:
    for kind in typing.get_args(ev.EventBody):
        assert ev.EVENTS[kind.name] is kind
        assert kind.name.count(".") == 1
    assert set(ev.EVENTS.values()) == set(typing.get_args(ev.EventBody))


def test_every_event_is_a_typed_dataclass_with_a_docstring() -> None:
    for kind in ev.EVENTS.values():
        assert is_dataclass(kind)
        assert kind.__doc__ and not kind.__doc__.startswith(kind.__name__)
        assert all(field.type not in ("Any", "dict[str, Any]") for field in fields(kind))


@pytest.mark.parametrize(
    ("name", "version", "data", "says"),
    [
        ("never.heard", 1, b"{}", "not known"),
        ("caller.began", 9, b'{"from_ms":1}', "newer"),
        ("caller.began", 1, b"{}", "from_ms is missing"),
        ("caller.began", 1, b'{"from_ms":1,"x":2}', "no field"),
        ("caller.began", 1, b'{"from_ms":"1"}', "expected float"),
        ("caller.silent", 1, b'{"count":true}', "expected int"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, version: int, data: bytes, says: str) -> None:
    with pytest.raises(UnknownEvent, match=says):
        decode(name, version, data)


def test_a_command_keeps_its_kind() -> None:
    body = ev.CommandsUnderstood(1, (cm.FillSlot("day", 3, "three"), cm.Affirm()), "grammar", 1.5)
    assert decode(body.name, body.version, encode(body)) == body


async def recorded(count: int = 5) -> tuple[MemorySink, CallRecord]:
    sink = MemorySink()
    record = await CallRecord.open(sink, "main", "CA1")
    for n in range(count):
        record.append([ev.CallerStayedSilent(n)], n * 10.0)
    return sink, record


def test_a_stream_is_chained_from_the_first_event() -> None:
    async def scene() -> None:
        sink, record = await recorded()
        past = await sink.load(record.stream)
        assert past[0].prev == GENESIS
        assert verify(past) == 5

    run_virtual(scene())


@pytest.mark.parametrize("damage", ["body", "drop", "swap", "insert", "at_ms", "relink"])
def test_any_change_breaks_the_chain(damage: str) -> None:
    async def scene() -> None:
        sink, record = await recorded()
        past = await sink.load(record.stream)
        if damage == "body":
            past[2] = replace(past[2], body=b'{"count":9}')
        elif damage == "drop":
            del past[2]
        elif damage == "swap":
            past[1], past[2] = past[2], past[1]
        elif damage == "insert":
            past.insert(2, past[1])
        elif damage == "at_ms":
            past[3] = replace(past[3], at_ms=31.0)
        else:
            past[2] = replace(past[2], prev=past[0].leaf)
        with pytest.raises(BrokenChain, match=record.stream):
            verify(past)

    run_virtual(scene())


def test_a_later_owner_goes_on_where_the_first_stopped() -> None:
    async def scene() -> None:
        sink, first = await recorded()
        second = await CallRecord.open(sink, "main", "CA1")
        assert [event.seq for event in second.past] == [1, 2, 3, 4, 5]
        second.append([ev.CarrierLost("x")], 99.0)
        await second.durable()
        assert verify(await sink.load(first.stream)) == 6

    run_virtual(scene())


def test_an_owner_who_was_replaced_is_refused() -> None:
    async def scene() -> None:
        sink, first = await recorded()
        await CallRecord.open(sink, "main", "CA1")
        first.append([ev.CarrierLost("late")], 99.0)
        with pytest.raises(StaleEpoch):
            await first.durable()
        assert verify(await sink.load(first.stream)) == 5

    run_virtual(scene())


@given(st.builds(Envelope))
def test_a_leaf_is_the_digest_of_the_canonical_envelope(envelope: Envelope) -> None:
    fields_of = {field.name: getattr(envelope, field.name) for field in fields(envelope) if field.name != "leaf"}
    head = canonical({**fields_of, "body": hashlib.sha256(envelope.body).hexdigest()})
    assert leaf_of(envelope) == hashlib.sha256(b"\x00" + head).hexdigest()


@pytest.mark.parametrize("at_ms", [float("nan"), float("inf")])
def test_a_time_that_is_none_has_no_leaf(at_ms: float) -> None:
    with pytest.raises(ValueError, match="at_ms is no number"):
        sealed("main", "call:CA1", 1, 1, at_ms, ev.CallerStayedSilent(1), GENESIS)
