"""Every way a speaking vendor can fail, and what becomes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from agent.hearing.stream.socket import Closed
from agent.ports import VoicePiece
from agent.providers.elevenlabs.speaking_faults import closing
from agent.resilience.progress import Progress
from calls.audio import Encoding
from calls.clock import LoopClock
from calls.errors import ProviderError
from calls.signals import ProviderNoticed
from calls.speech import NEUTRAL
from switchboard.loopback.speaking import Delays, Fault, Trouble
from tests.contracts.speaking.cases import (
    AURA,
    FLUX,
    HTTP,
    KEY,
    LIMITS,
    SHORT,
    SOCKET,
    SOCKETS,
    VENDORS,
    Heard,
    Kind,
    named,
    speaking,
)  # fmt: skip

TEXT = "You can come at nine on Tuesday"
SECRET = "My invented secret words"
QUOTA = '{"detail":{"status":"quota_exceeded","message":"Some words of ours"}}'
vendors = pytest.mark.parametrize("kind", VENDORS, ids=named)
sockets = pytest.mark.parametrize("kind", SOCKETS, ids=named)


def failed(kind: Kind, *faults: Fault, text: str = TEXT, key: str = KEY) -> tuple[ProviderError, Heard]:
    """Have a text fail; what was heard of it."""

    async def scene() -> tuple[ProviderError, Heard]:
        heard = Heard()
        waits = any(fault.trouble in (Trouble.SILENT, Trouble.STALL) for fault in faults)
        async with speaking(kind, *faults, limits=SHORT if waits else LIMITS, key=key) as call:
            with pytest.raises(ProviderError) as caught:
                await call.say_into(heard, text)
        return caught.value, heard

    return asyncio.run(scene())


REFUSALS = [
    (Fault(Trouble.REFUSE, status=401, times=9), "key"),
    (Fault(Trouble.REFUSE, status=402, times=9), "payment"),
    (Fault(Trouble.REFUSE, status=403, times=9), "key"),
    (Fault(Trouble.REFUSE, status=429, headers=(("retry-after", "2"),), times=9), "rate"),
    (Fault(Trouble.REFUSE, status=529, times=9), "overloaded"),
    (Fault(Trouble.REFUSE, status=503, times=9), "overloaded"),
    (Fault(Trouble.REFUSE, status=400, times=9), "request"),
]


@vendors
@pytest.mark.parametrize(("fault", "kind_of"), REFUSALS, ids=lambda one: str(getattr(one, "status", one)))
def test_a_refusal_has_its_kind(kind: Kind, fault: Fault, kind_of: str) -> None:
    error, heard = failed(kind, fault)
    assert (error.kind, error.provider, error.stage) == (kind_of, kind.name, "speaking")
    assert error.retry_after_ms == (2_000 if fault.status == 429 else None)
    assert heard.pieces == 0


@vendors
def test_a_wrong_key_is_a_key(kind: Kind) -> None:
    assert failed(kind, key="wrong")[0].kind == "key"


def test_a_spent_quota_is_told_from_a_wrong_key() -> None:
    assert failed(HTTP, Fault(Trouble.REFUSE, status=401, body=QUOTA, times=9))[0].kind == "payment"


@vendors
def test_silence_is_a_timeout(kind: Kind) -> None:
    error, heard = failed(kind, Fault(Trouble.SILENT))
    assert (error.kind, heard.pieces) == ("timeout", 0)


@vendors
def test_a_stall_in_mid_text_is_a_timeout(kind: Kind) -> None:
    error, heard = failed(kind, Fault(Trouble.STALL, after=2))
    assert (error.kind, heard.pieces) == ("timeout", 2)


@vendors
def test_a_stall_is_noticed_whoever_reads_on(kind: Kind) -> None:
    """The first audio is waited for in a task of its own, in which voices compete."""

    async def scene() -> ProviderError:
        async with speaking(kind, Fault(Trouble.STALL, after=2), limits=SHORT) as call:
            pieces = call.session.speak(TEXT, NEUTRAL)
            async with asyncio.TaskGroup() as group:
                group.create_task(_first(pieces))
            began_ms = LoopClock().now_ms()
            with pytest.raises(ProviderError) as caught:
                await _rest(pieces)
            assert LoopClock().now_ms() - began_ms < 2_000
        return caught.value

    assert asyncio.run(scene()).kind == "timeout"


async def _first(pieces: AsyncIterator[VoicePiece]) -> None:
    await anext(pieces)


async def _rest(pieces: AsyncIterator[VoicePiece]) -> None:
    async with asyncio.timeout(5.0):
        async for _ in pieces:
            pass


@vendors
@pytest.mark.parametrize("body", ["{not json", "[1]", '"text"'])
def test_what_cannot_be_read_is_garbage(kind: Kind, body: str) -> None:
    assert failed(kind, Fault(Trouble.GARBAGE, body=body, after=1))[0].kind == "garbage"


@pytest.mark.parametrize(
    ("kind", "fault", "kind_of"),
    [
        (SOCKET, Fault(Trouble.ERROR, error="quota_exceeded", code=1008), "payment"),
        (SOCKET, Fault(Trouble.ERROR, error="authentication_required", code=1008), "key"),
        (SOCKET, Fault(Trouble.ERROR, error="rate_limited", code=1008), "rate"),
        (SOCKET, Fault(Trouble.ERROR, error="something_new", code=1008), "request"),
        (SOCKET, Fault(Trouble.CLOSE, code=1008, reason="max_active_conversations"), "rate"),
        (SOCKET, Fault(Trouble.CLOSE, code=1008, reason="policy"), "refused"),
        (SOCKET, Fault(Trouble.CLOSE, code=1013), "overloaded"),
        (SOCKET, Fault(Trouble.CLOSE, code=1008, reason="quota_exceeded", after=2), "payment"),
        (SOCKET, Fault(Trouble.WRONG_CONTEXT, after=1), "garbage"),
        (AURA, Fault(Trouble.ERROR, error="DATA-0000", code=1008), "request"),
        (AURA, Fault(Trouble.CLOSE, code=1008, reason="DATA-0001"), "request"),
        (FLUX, Fault(Trouble.ERROR, error="NET-0000", code=1011), "overloaded"),
        (FLUX, Fault(Trouble.ERROR, error="DATA-0002", code=1008), "request"),
        (FLUX, Fault(Trouble.CLOSE, code=1013), "overloaded"),
    ],
    ids=lambda one: named(one) if isinstance(one, Kind) else str(getattr(one, "error", "") or one)[:60],
)
def test_a_vendors_own_code_has_its_kind(kind: Kind, fault: Fault, kind_of: str) -> None:
    assert failed(kind, fault)[0].kind == kind_of


def test_inactivity_is_a_lost_connection() -> None:
    assert closing(Closed(1008, "input_timeout_exceeded")).kind == "lost"


@vendors
@pytest.mark.parametrize("trouble", [Trouble.LOSE, Trouble.CLOSE])
def test_a_connection_lost_before_any_audio_is_opened_again_once(kind: Kind, trouble: Trouble) -> None:
    if kind is HTTP and trouble is Trouble.CLOSE:
        trouble = Trouble.LOSE

    async def scene() -> None:
        async with speaking(kind, Fault(trouble)) as call:
            assert (await call.say(TEXT)).text == TEXT
            assert ProviderNoticed("speaking", kind.name, "reconnected", "lost") in call.signals
            assert call.vendor.log.connections == 2
        async with speaking(kind, Fault(trouble, times=2)) as call:
            with pytest.raises(ProviderError) as caught:
                await call.say(TEXT)
            assert caught.value.kind == "lost"
            assert (await call.say("But now")).text == "But now"

    asyncio.run(scene())


@vendors
def test_lost_in_mid_text_leaves_what_another_voice_has_to_say(kind: Kind) -> None:
    error, heard = failed(kind, Fault(Trouble.LOSE, after=4))
    assert (error.kind, heard.pieces) == ("lost", 4)
    assert TEXT.startswith(heard.text)
    # 800 ms have come: two words and a part of the third, which is rather said twice than not at all.
    progress = Progress(TEXT)
    progress.take(VoicePiece(heard.mulaw, tuple(heard.words), Encoding.MULAW))
    assert TEXT.endswith(progress.rest())
    voiced = len(TEXT.split()) - len(progress.rest().split())
    assert voiced == 2 if kind.timed else voiced <= 2


@sockets
def test_a_new_type_of_message_is_passed_over(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, Fault(Trouble.UNKNOWN, after=1)) as call:
            assert (await call.say(TEXT)).text == TEXT

    asyncio.run(scene())


@sockets
def test_a_connection_lost_while_nobody_speaks_is_no_fault(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            await call.say("One")
            for socket in _sockets(call.session):
                socket.abort()
            assert (await call.say("Two")).text == "Two"

    asyncio.run(scene())


def _sockets(session):  # type: ignore[no-untyped-def]
    return [link._socket for link in session._links.values()]


@pytest.mark.parametrize("kind", [AURA, FLUX], ids=named)
def test_a_cut_that_is_never_answered_costs_the_connection_not_the_clause(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, Fault(Trouble.DEAF), delays=Delays(10, 15, 200), limits=LIMITS) as call:
            await call.say_until(TEXT, 1)
            assert (await call.say("Go on")).text == "Go on"

    asyncio.run(scene())


def test_an_end_without_alignments_is_found_all_the_same() -> None:
    async def scene() -> None:
        async with speaking(SOCKET, Fault(Trouble.UNALIGNED)) as call:
            assert (await call.say(TEXT)).text == TEXT
            assert (await call.say("And on")).text == "And on"
            assert call.vendor.log.violations == []

    asyncio.run(scene())


@vendors
def test_no_key_and_no_words_in_errors_and_logs(kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    for fault in (
        *(fault for fault, _ in REFUSALS),
        Fault(Trouble.REFUSE, status=401, body=f"{KEY} {SECRET}", times=9),
        Fault(Trouble.GARBAGE, body=f"{KEY} {SECRET}"),
        Fault(Trouble.ERROR, error=SECRET, code=1008, reason=SECRET),
        Fault(Trouble.CLOSE, code=1008, reason=f"{SECRET} {KEY}"),
        Fault(Trouble.LOSE, after=1),
        Fault(Trouble.SILENT),
    ):
        if kind is HTTP and fault.trouble in (Trouble.ERROR, Trouble.CLOSE):
            continue
        error, _ = failed(kind, fault, text=SECRET)
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None
        told += [str(error), repr(error), error.reason]
    told += [record.getMessage() for record in caplog.records]
    for secret in (KEY, SECRET, "invented", "Some words of ours"):
        assert not any(secret in text for text in told)
