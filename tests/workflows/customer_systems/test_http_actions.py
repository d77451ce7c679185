"""HTTP actions against a server on loopback: typed both ways, refusals, and everything a server can do wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.line import IncomingCall, Line
from calls.run import ActionRequest, ActionSettled
from switchboard.systems import AtRing
from tests.workflows.dialogue import FACTS, TODAY, finished
from tests.workflows.jobs.office import BUSINESS, Receiver, receiving
from workflows.actions import ActionRunner
from workflows.backends.wishes import Answer, Done, Found, Refused, Wish
from workflows.customer_systems.addresses import Fence, fenced_session
from workflows.customer_systems.asking import SystemActions
from workflows.customer_systems.model import Systems
from workflows.customer_systems.reading import parse_systems
from workflows.language.catalogue import ACTIONS, join
from workflows.language.loader import read_script
from workflows.language.nodes import ScriptError
from workflows.memory_actions import MemoryActions

INSIDE = Fence.of("127.0.0.1")
FILE = """
systems:
  crm:
    base: BASE/v1/
    headers:
      Authorization: Bearer {secret.SYSTEM_CRM}
actions:
  find_account:
    system: crm
    method: GET
    path: accounts/{number}
    query: {phone: "{phone}", verbose: "no"}
    arguments: {number: code, phone: phone}
    optional: [phone]
    finds:
      balance: {kind: money, at: account.balance}
      due_on: date
      visits: list of date
    refusals:
      not_found: {status: 404}
      blocked: {at: account.state, is: [blocked, closed]}
    timeout_ms: 900
    example: {balance: 12.50 USD, due_on: 2026-04-01, visits: 2026-03-17}
  change_address:
    system: crm
    method: POST
    path: people/{call.subject}/address
    body: {line: "{address}", adults: "{adults}", by: "call {call.id}"}
    arguments: {address: address, adults: party_size}
    writes: true
    personal: true
    receipt: {number: code}
    refusals:
      not_deliverable: {status: 422}
    outcome: moved
    timeout_ms: 2000
"""
GOOD = {"account": {"balance": {"amount": "12.5", "currency": "USD"}, "state": "open"}, "due_on": "2026-04-01",
        "visits": ["2026-03-17", "2026-03-24"]}  # fmt: skip


def systems(base: str = "http://127.0.0.1") -> Systems:
    return parse_systems(FILE.replace("BASE", base), "systems.yaml", INSIDE)


def wish(action: str, subject: str = "", **arguments: Any) -> Wish:
    facts = replace(FACTS, verified_subject=subject)
    return Wish.of("CA1", facts, ActionRequest("key/1", action, arguments))


def asked(setting: Callable[[Receiver], None], what: Wish) -> tuple[Answer, Receiver]:
    async def story() -> tuple[Answer, Receiver]:
        async with receiving() as receiver, fenced_session(INSIDE) as session:
            receiver.reply = json.dumps(GOOD).encode()
            setting(receiver)
            found = systems(receiver.url)
            actions = SystemActions(found, session, INSIDE, {"SYSTEM_CRM": "s3cret"})
            return await actions.ask(found.actions[what.action], what), receiver

    return asyncio.run(story())


def nothing(_: Receiver) -> None:
    pass


def test_an_answer_is_read_as_the_kinds_it_was_declared_with() -> None:
    answer, receiver = asked(nothing, wish("find_account", number="48 29", phone="+12125550143"))
    assert answer == Found({"balance": "12.50 USD", "due_on": "2026-04-01", "visits": "2026-03-17,2026-03-24"})
    headers, body = receiver.got[0]
    assert (headers["Authorization"], headers["Idempotency-Key"], body) == ("Bearer s3cret", "key/1", b"")


@pytest.mark.parametrize(
    ("number", "path"),
    [
        ("A1", "/v1/accounts/A1?verbose=no"),
        ("../admin?x=1#y", "/v1/accounts/..%2Fadmin%3Fx%3D1%23y?verbose=no"),
        ("a b&c", "/v1/accounts/a%20b%26c?verbose=no"),
        ("%2e%2e", "/v1/accounts/%252e%252e?verbose=no"),
        ("..", ""),
        ("", ""),
    ],
)
def test_what_is_given_stays_one_value_and_what_is_not_stays_out(number: str, path: str) -> None:
    _, receiver = asked(nothing, wish("find_account", number=number))
    assert receiver.paths == ([path] if path else [])


def test_a_change_leaves_what_its_receipt_declares() -> None:
    def made(receiver: Receiver) -> None:
        receiver.statuses, receiver.reply = [201], b'{"number": 4711}'

    what = wish("change_address", "customer:c1", address="1 Main Street", adults=2)
    answer, receiver = asked(made, what)
    assert answer == Done({"number": "4711"})
    assert json.loads(receiver.got[0][1]) == {"line": "1 Main Street", "adults": 2, "by": "call CA1"}


def test_personal_actions_ask_nobody_before_the_caller_is_verified() -> None:
    answer, receiver = asked(nothing, wish("change_address", address="1 Main Street", adults=2))
    assert isinstance(answer, Refused) and answer.code == "not_verified"
    assert receiver.got == []


@pytest.mark.parametrize(
    ("status", "document", "code"),
    [
        (404, {}, "not_found"),
        (200, {**GOOD, "account": {**GOOD["account"], "state": "closed"}}, "blocked"),  # type: ignore[dict-item]
        (500, GOOD, "unavailable"),
        (401, {}, "unavailable"),
        (302, GOOD, "unavailable"),
        (200, {}, "unavailable"),
        (200, {**GOOD, "due_on": "soon"}, "unavailable"),
        (200, {**GOOD, "due_on": 5}, "unavailable"),
        (200, {**GOOD, "due_on": None}, "unavailable"),
        (200, {**GOOD, "visits": "2026-03-17"}, "unavailable"),
        (200, {**GOOD, "visits": ["x"]}, "unavailable"),
        (200, {**GOOD, "account": {"balance": "12.5"}}, "unavailable"),
        (200, [1, 2], "unavailable"),
        (200, "text", "unavailable"),
    ],
)
def test_what_does_not_fit_is_refused(status: int, document: object, code: str) -> None:
    def given(receiver: Receiver) -> None:
        receiver.statuses, receiver.reply = [status], json.dumps(document).encode()
        receiver.headers = {"Location": "/elsewhere"} if status == 302 else {}

    answer, receiver = asked(given, wish("find_account", number="A1"))
    assert isinstance(answer, Refused) and answer.code == code
    assert len(receiver.got) == 1


@pytest.mark.parametrize("reply", [b"", b"no json", b"[" * 60_000, b"\xff\xfe", b'{"a":' + b"1" * 70_000 + b"}"])
def test_an_answer_that_cannot_be_read_is_none(reply: bytes) -> None:
    def given(receiver: Receiver) -> None:
        receiver.reply = reply

    answer, _ = asked(given, wish("find_account", number="A1"))
    assert isinstance(answer, Refused) and answer.code == "unavailable"


@pytest.mark.wire
def test_a_system_that_is_silent_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def silent(receiver: Receiver) -> None:
        receiver.stall = asyncio.Event()

    answer, _ = asked(silent, wish("find_account", number="A1", phone="+12125550143"))
    assert isinstance(answer, Refused) and answer.code == "unavailable"
    assert "s3cret" not in caplog.text and "+12125550143" not in caplog.text


def test_a_missing_secret_is_named_before_any_call() -> None:
    async def story() -> None:
        async with fenced_session(INSIDE) as session:
            with pytest.raises(ConfigurationError, match="SYSTEM_CRM"):
                SystemActions(systems(), session, INSIDE, {})

    asyncio.run(story())


@pytest.fixture
def joined() -> Iterator[None]:
    join(systems().specs)
    yield
    join(())


def test_a_change_is_made_once_for_one_wish(fresh_database: str, joined: None) -> None:
    async def story() -> None:
        engine = create_async_engine(fresh_database)
        async with receiving() as receiver, fenced_session(INSIDE) as session:
            receiver.reply = b'{"number": "A4711"}'
            found = systems(receiver.url)
            handlers = SystemActions(found, session, INSIDE, {"SYSTEM_CRM": "s3cret"}).handlers()
            async with ActionRunner(engine, LoopClock(), also=handlers) as actions:
                facts = replace(FACTS, verified_subject="customer:c1")
                request = ActionRequest("k", "change_address", {"address": "1 Main Street", "adults": 2})
                first = await actions.run("CA1", facts, request)
                again = await actions.run("CA1", facts, request)
            assert first.receipt is not None and first == again
            assert len(receiver.got) == 1
        await engine.dispose()

    asyncio.run(story())


SCRIPT = """
script: balance
title: a balance
slots:
  number: {kind: code, names: [the number], confirm: never}
steps:
  number:
    collect: number
    ask: What is your number?
    no_match: ["Sorry, the number please?"]
    silence: ["Are you there?"]
  look:
    act: find_account
    say: One moment.
    arguments: {number: number}
    refused: {not_found: gone, blocked: gone, unavailable: gone}
  told:
    end: told
    say: "Your balance is {fact.balance}."
  gone:
    end: gone
    say: I cannot tell.
"""


def test_scripts_can_use_them_and_rehearse_with_examples(joined: None) -> None:
    script = read_script(SCRIPT, "balance.yaml")
    assert script.name == "balance"
    memory = MemoryActions(TODAY)
    request = ActionRequest("k", "find_account", {"number": "A1"}, False)
    settled: ActionSettled = finished(memory.run("CA1", FACTS, request))
    assert settled.found["balance"] == "12.50 USD"


def test_without_the_file_scripts_know_nothing_of_them() -> None:
    assert "find_account" not in ACTIONS
    with pytest.raises(ScriptError, match="find_account"):
        read_script(SCRIPT, "balance.yaml")


def test_a_name_that_ships_cannot_be_taken() -> None:
    with pytest.raises(ConfigurationError, match="book"):
        join([replace(systems().specs[0], name="book")])
    assert ACTIONS["book"].writes


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("BASE/v1/", "https://10.0.0.1/v1/", "public"),
        ("BASE/v1/", "http://example.com/v1/", "https"),
        ("BASE/v1/", "https://example.com/v1", "slash"),
        ("SYSTEM_CRM", "TWILIO_AUTH_TOKEN", "SYSTEM_"),
        ("Authorization", "Host", "Host"),
        ("accounts/{number}", "accounts/{phone}", "phone"),
        ("accounts/{number}", "accounts/../{number}", "upwards"),
        ("accounts/{number}", "accounts/{number}?a=1", "query"),
        ("accounts/{number}", "accounts/{number", "brace"),
        ("accounts/{number}", "accounts/{secret.SYSTEM_CRM}", "secret"),
        ("due_on: date", "due_on: day", "day"),
        ("number: code, phone", "number: codes, phone", "codes"),
        ("not_found: {status: 404}", "unavailable: {status: 404}", "unavailable"),
        ("not_found: {status: 404}", "not_found: {}", "when"),
        ("method: GET", "method: POST", "writes"),
        ("timeout_ms: 900", "timeout_ms: 9000", "3000"),
        ("due_on: 2026-04-01, visits", "visits", "due_on"),
        ("writes: true", "writes: false", "writes"),
        ("system: crm", "system: erp", "erp"),
        ("optional: [phone]", "optional: [fax]", "fax"),
    ],
)
def test_mistakes_are_named_with_their_line(old: str, new: str, why: str) -> None:
    text = FILE.replace(old, new, 1).replace("BASE", "http://127.0.0.1")
    with pytest.raises(ScriptError) as caught:
        parse_systems(text, "systems.yaml", INSIDE)
    assert str(caught.value).startswith("systems.yaml:")
    assert why in str(caught.value)


RING = """
systems:
  crm: {base: BASE/}
actions:
  who_is_it:
    system: crm
    method: GET
    path: people
    query: {phone: "{phone}"}
    arguments: {phone: phone}
    personal: true
    finds: {tier: free_text}
  by_code:
    system: crm
    method: GET
    path: codes/{code}
    arguments: {code: code}
    finds: {tier: free_text}
"""


def at_ring(reply: bytes, caller: str = "+12125550143", name: str = "who_is_it", stall: bool = False) -> Any:
    async def story() -> tuple[Any, Receiver]:
        async with receiving() as receiver, fenced_session(INSIDE) as session:
            receiver.reply = reply
            receiver.stall = asyncio.Event() if stall else None
            found = parse_systems(RING.replace("BASE", receiver.url), "systems.yaml", INSIDE)
            ringing = AtRing(found, SystemActions(found, session, INSIDE, {}), LoopClock())
            return await ringing.hints(IncomingCall("CA1", caller, "+15550100"), replace(LINE, at_ring=name)), receiver

    return asyncio.run(story())


LINE = Line("booking", "+15550100", "book", "Robin", BUSINESS, "Hello.")


def test_a_number_is_looked_up_before_the_first_word() -> None:
    hints, receiver = at_ring(b'{"tier": "gold"}')
    assert hints == {"tier": "gold"}
    assert receiver.paths == ["/people?phone=%2B12125550143"]


def test_who_withholds_their_number_is_not_looked_up() -> None:
    hints, receiver = at_ring(b'{"tier": "gold"}', caller="")
    assert (hints, receiver.paths) == ({}, [])


@pytest.mark.parametrize("reply", [b"", b"{}", b'{"tier": 5}'])
def test_what_cannot_be_read_is_no_hint(reply: bytes) -> None:
    assert at_ring(reply)[0] == {}


@pytest.mark.wire
def test_nobody_waits_longer_than_a_moment_for_a_hint() -> None:
    assert at_ring(b'{"tier": "gold"}', stall=True)[0] == {}


@pytest.mark.parametrize("name", ["by_code", "nobody"])
def test_what_cannot_be_looked_up_by_a_number_is_refused_by_name(name: str) -> None:
    found = parse_systems(RING.replace("BASE", "http://127.0.0.1"), "systems.yaml", INSIDE)

    async def story() -> None:
        async with fenced_session(INSIDE) as session:
            ringing = AtRing(found, SystemActions(found, session, INSIDE, {}), LoopClock())
            with pytest.raises(ConfigurationError, match="booking"):
                ringing.refuse_wrong([replace(LINE, at_ring=name)])
            ringing.refuse_wrong([LINE, replace(LINE, at_ring="who_is_it")])

    asyncio.run(story())


def test_a_plus_in_a_number_is_a_plus() -> None:
    _, receiver = at_ring(b'{"tier": "gold"}')
    assert parse_qsl(receiver.paths[0].partition("?")[2]) == [("phone", "+12125550143")]
