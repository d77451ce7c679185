"""What every voice does: the right words, in order, back to back, and silence after a cut."""

from __future__ import annotations

import asyncio

import pytest

from calls.signals import UsageCounted
from calls.speech import SpeechStyle
from switchboard.loopback.speaking import Delays
from tests.contracts.speaking.cases import ALL, FLUX, HTTP, SOCKETS, VENDORS, Heard, Kind, named, speaking

TEXT = "You can come at nine on Tuesday"
LONG = "This is quite a long sentence which nobody is going to hear to its very end today"
every = pytest.mark.parametrize("kind", ALL, ids=named)
vendors = pytest.mark.parametrize("kind", VENDORS, ids=named)


@every
def test_the_words_come_in_order_and_last_as_long_as_words_do(kind: Kind) -> None:
    async def scene() -> Heard:
        async with speaking(kind) as call:
            return await call.say(TEXT)

    heard = asyncio.run(scene())
    assert heard.text == TEXT
    assert 200 <= heard.ms / len(TEXT.split()) <= 450
    assert heard.pieces > 1 or kind.server is None


@every
def test_word_times_are_monotone_and_within_the_audio(kind: Kind) -> None:
    async def scene() -> Heard:
        async with speaking(kind) as call:
            return await call.say(TEXT)

    heard = asyncio.run(scene())
    assert [word.word for word in heard.words] == (TEXT.split() if kind.timed else [])
    times = [at for word in heard.words for at in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(0 <= at <= heard.ms + 1 for at in times)
    assert [round(word.start_ms / 300) for word in heard.words] == list(range(len(heard.words)))


@every
def test_clauses_follow_each_other_on_one_connection(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            said = [(await call.say(text)).text for text in ("First one", "then another", "and the third")]
            assert said == ["First one", "then another", "and the third"]
            if kind in SOCKETS:
                assert call.vendor.log.connections == 1
            if kind.server is not None:
                assert call.vendor.log.violations == []

    asyncio.run(scene())


@vendors
def test_nothing_of_a_cut_text_is_heard_later(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, delays=Delays(10, 15, 200)) as call:
            for n in range(8):
                cut = await call.say_until(LONG, 1 + n % 2)
                assert LONG.startswith(cut.text)
                assert (await call.say(f"after cut {n}")).text == f"after cut {n}"
            assert call.vendor.log.violations == []
            assert LONG not in call.vendor.log.spoken or kind.server is None
            if kind in SOCKETS:
                assert call.vendor.log.connections == 1

    asyncio.run(scene())


@vendors
def test_who_stops_waiting_stops_the_vendor(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, delays=Delays(60, 15, 200)) as call:
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(call.say(LONG))
                await call.vendor.until(lambda log: any(LONG in str(message) for message in log.requests))
                waiting.cancel()
            await call.vendor.until(lambda log: log.stopped or _told_to_stop(log.requests))
            assert (await call.say("Go on")).text == "Go on"

    asyncio.run(scene())


def _told_to_stop(requests: list[dict[str, object]]) -> bool:
    return any(m.get("close_context") or m.get("type") in ("Clear", "Interrupt") for m in requests)


@vendors
def test_a_cut_right_after_a_cut_waits_for_the_vendor(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, delays=Delays(10, 15, 200)) as call:
            for _ in range(7):
                await call.say_until(LONG, 1)
            assert (await call.say("At last")).text == "At last"
            assert call.vendor.log.violations == []

    asyncio.run(scene())


@vendors
def test_mulaw_is_asked_for(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            await call.say("Hello")
            query = call.vendor.log.queries[0]
            assert query.get("output_format") == "ulaw_8000" or (query["encoding"], query["sample_rate"]) == (
                "mulaw",
                "8000",
            )

    asyncio.run(scene())


@pytest.mark.parametrize("kind", SOCKETS, ids=named)
def test_hanging_up_closes_the_connection(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            await call.say("Hello")
            call.running.cancel()
            await call.vendor.until(lambda log: log.closed == 1)
            goodbye = call.vendor.log.requests[-1]
            assert goodbye.get("close_socket") or goodbye.get("type") == "Close"

    asyncio.run(scene())


@pytest.mark.parametrize("kind", SOCKETS, ids=named)
def test_a_warm_connection_is_the_one_that_speaks(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind, warm=True) as call:
            assert call.vendor.log.connections == 1
            await call.say("Hello")
            assert call.vendor.log.connections == 1

    asyncio.run(scene())


@vendors
def test_a_known_text_is_spoken_outside_any_call(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            heard = Heard()
            async for piece in call.voice.speak(TEXT, SpeechStyle(pace=0.85)):
                heard.add(piece)
            assert heard.text == TEXT

    asyncio.run(scene())


@vendors
def test_what_is_charged_for_is_told(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            await call.say(TEXT)
            assert call.signals == [UsageCounted("speaking", kind.name, {"characters": len(TEXT)})]

    asyncio.run(scene())


@every
def test_a_slower_pace_is_slower_and_what_is_not_rendered_is_told(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            usual = await call.say(TEXT)
            slow = await call.say(TEXT, SpeechStyle(emotion="warm", pace=0.8))
            again = await call.say(TEXT)
            assert (usual.text, slow.text, again.text) == (TEXT, TEXT, TEXT)
            assert slow.ms == pytest.approx(usual.ms / 0.8, rel=0.06)
            assert again.ms == usual.ms
            feels = "emotion" in call.voice.traits.renders
            assert slow.dropped == (() if feels else ("emotion:warm",))
            if kind is FLUX or kind is HTTP:
                assert call.vendor.log.violations == []

    asyncio.run(scene())


@every
def test_codes_are_put_into_words(kind: Kind) -> None:
    async def scene() -> None:
        async with speaking(kind) as call:
            heard = await call.say("Your code is AB12", SpeechStyle(say_as="code", pause_before_ms=300))
            assert heard.text.replace(",", "") == "Your code is A B one two"

    asyncio.run(scene())
