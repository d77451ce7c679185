"""Logs hold no number, no secret and no word that was said: whole calls, good and bad, with every logger at DEBUG."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable

import pytest

from calls.ports import EngineSession
from calls.run import ActionSettled
from telephony.twin import Caller
from tests.architecture.sources import PACKAGES, dotted, python_files, tree
from tests.scenes.stage import CALLER, HUMAN, SECRET, House, asked, run_scene

NAME = "Wilhelmina Xavier"
BLOCKED = "+12125550666"
PRIVATE = (CALLER, BLOCKED, HUMAN, SECRET, *NAME.split(), "check-up", "cleaning", "Tuesday", "ten", "CallToken")
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
TELLING = {"caller", "called", "from_", "number", "phone", "digits", "words", "heard", "said", "transcript",
           "secret", "token", "tokens", "auth_token", "password", "signature", "form", "body", "headers",
           "arguments"}  # fmt: skip


async def books(phone: Caller) -> None:
    """A whole booking."""
    await asked(phone, "a cleaning, a check-up or a consultation")
    await phone.says(f"a check-up on Tuesday at ten for {NAME}")
    await asked(phone, "ending in zero one nine two?")
    await phone.says("yes")
    await asked(phone, "Shall I book it?")
    await phone.says("yes please")
    await asked(phone, "You are booked", "anything else")
    await phone.says("no thank you")
    await asked(phone, "Goodbye")


async def says_and_waits(phone: Caller) -> None:
    """Talks to whoever is there."""
    await phone.says(f"{NAME} here, a cleaning on Tuesday")
    await phone.waits_for_agent(20.0)


def database_gone(house: House) -> None:
    """The pauses cannot be read, and the fault quotes a row."""

    async def fails() -> dict[str, object]:
        raise ConnectionError(f"could not read the row of {CALLER}, {NAME}")

    house.current = fails  # type: ignore[method-assign]


def engine_broken(house: House) -> None:
    """No call gets an engine, and the fault quotes the caller."""

    def fails(*_: object) -> EngineSession:
        raise RuntimeError(f"cannot hear {NAME} at {CALLER}")

    house.engine.open = fails  # type: ignore[method-assign]


def books_gone(house: House) -> None:
    """Nothing can be looked up or booked, and the fault quotes what was to be."""

    async def fails(*_: object) -> ActionSettled:
        raise RuntimeError(f"insert failed for {NAME}, {CALLER}")

    house.actions.run = fails  # type: ignore[method-assign]


def test_a_whole_booking_leaves_nothing_private_in_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    played = run_scene(books)
    assert len(played.bookings) == 1
    assert NAME in played.transcript
    assert leaks(caplog.text) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (database_gone, "pauses cannot be read"),
        (engine_broken, "media socket failed"),
        (books_gone, "media socket failed"),
    ],
)
def test_faults_that_quote_the_caller_are_not_quoted(
    fault: Callable[[House], None], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    run_scene(says_and_waits, prepare=fault, may_give_up=True)
    assert told in caplog.text
    assert leaks(caplog.text) == []


def test_calls_that_are_declined_are_not_told_by_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    run_scene(says_and_waits, from_=BLOCKED, may_give_up=True)
    assert "declined: blocked" in caplog.text
    assert leaks(caplog.text) == []


def leaks(text: str) -> list[str]:
    """The private words which stand in ``text``."""
    return [word for word in PRIVATE if re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text, re.IGNORECASE)]


def test_no_statement_logs_a_value_whose_name_is_telling() -> None:
    found = []
    for path in python_files(*PACKAGES):
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
                continue
            if dotted(node.func).split(".")[0] not in ("log", "logger", "logging"):
                continue
            for argument in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
                names = {part.id for part in ast.walk(argument) if isinstance(part, ast.Name)}
                names |= {part.attr for part in ast.walk(argument) if isinstance(part, ast.Attribute)}
                if names & TELLING:
                    found.append(f"{path}:{node.lineno}: {', '.join(sorted(names & TELLING))}")
            if isinstance(node.args[0], ast.JoinedStr):
                found.append(f"{path}:{node.lineno}: an f-string hides what is logged")
    assert not found
