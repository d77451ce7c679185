"""``/api/v1``: who is let in, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from calls import events as ev
from calls.errors import ConfigurationError
from calls.record import CallRecord
from console.permissions import CALLS_READ, CALLS_SEE, CALLS_STEER, OPEN
from console.routes import Route, mount
from records.recording_path import recording_path
from tests.console.site import NOW, Site, site
from tests.records import sample_call

Scene = Callable[[Site], Awaitable[None]]
ADDRESSES = (
    "/api/v1/calls",
    "/api/v1/calls/CA1",
    "/api/v1/calls/CA1/events",
    "/api/v1/calls/CA1/transcript",
    "/api/v1/calls/CA1/recording",
    "/calls/CA1/parts",
)


@pytest.fixture
def play(fresh_database: str, tmp_path: Path) -> Callable[[Scene], None]:
    def run(scene: Scene) -> None:
        async def main() -> None:
            async with asyncio.timeout(30), site(fresh_database, tmp_path) as opened:
                await scene(opened)

        asyncio.run(main())

    return run


def test_without_a_token_nothing_is_told(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink)
        wrong = ("", "Basic abc", "Bearer", "Bearer nonsense", f"Bearer {at.token}x", f"Token {at.token}")
        for address in ADDRESSES:
            for header in (None, *wrong):
                answer = await at.client.get(address, headers={} if header is None else {"Authorization": header})
                assert answer.status == 401, (address, header)
                told = await answer.json(content_type="application/problem+json")
                assert told["code"] == ("token.missing" if header is None else "token.invalid")
                assert "switchboard token create" in told["detail"]
                assert answer.headers["WWW-Authenticate"] == "Bearer"

    play(scene)


def test_a_token_without_the_scope_is_forbidden(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        async with at.engine.begin() as connection:
            await connection.execute(text("UPDATE api_tokens SET scopes = '{}'"))
        for address in ADDRESSES:
            answer = await at.client.get(address, headers=at.bearer)
            assert answer.status == 403
            assert (await answer.json(content_type="application/problem+json"))["code"] == "token.scope"

    play(scene)


def test_a_token_that_was_taken_back_opens_nothing(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        (token,) = await at.tokens.find()
        assert (await at.client.get("/api/v1/calls", headers=at.bearer)).status == 200
        await at.tokens.revoke(token.id, NOW)
        assert (await at.client.get("/api/v1/calls", headers=at.bearer)).status == 401

    play(scene)


def test_calls_are_listed_and_told(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        for n in range(3):
            await sample_call.tell(at.sink, f"CA{n}")
        first = await (await at.client.get("/api/v1/calls?limit=2", headers=at.bearer)).json()
        assert [call["call"] for call in first["calls"]] == ["CA2", "CA1"]
        rest = await (await at.client.get(f"/api/v1/calls?cursor={first['next']}", headers=at.bearer)).json()
        assert ([call["call"] for call in rest["calls"]], rest["next"]) == (["CA0"], None)
        for query, count in (("from=2026-03-02&to=2026-03-02", 3), ("to=2026-03-01", 0), ("line=front+desk", 3)):
            told = await (await at.client.get(f"/api/v1/calls?{query}", headers=at.bearer)).json()
            assert len(told["calls"]) == count, query
        told = await (await at.client.get("/api/v1/calls/CA1", headers=at.bearer)).json()
        assert told["caller"] == "••••••••0123"
        assert (told["chain"]["verified"], told["latency_ms"]["median"]) == (True, 450.0)

    play(scene)


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=2026-13-01", "from=2026-03-01T10:00", "limit=0", "limit=1e9", "limit=9999",
              "cursor=zzz", "line=%00", "to=9999-12-31"],
)  # fmt: skip
def test_a_bad_query_is_named(play: Callable[[Scene], None], query: str) -> None:
    async def scene(at: Site) -> None:
        answer = await at.client.get(f"/api/v1/calls?{query}", headers=at.bearer)
        assert answer.status == 400
        told = await answer.json(content_type="application/problem+json")
        assert told["detail"].startswith(query.split("=")[0])

    play(scene)


def test_events_come_in_order_and_from_where_one_left_off(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink, upto_ms=4_320.0)
        told = await (await at.client.get("/api/v1/calls/CA1/events", headers=at.bearer)).json()
        assert [event["seq"] for event in told["events"]] == list(range(1, told["last"] + 1))
        assert told["events"][0]["body"]["line"] == "front desk"
        assert (told["ended"], told["more"]) == (False, False)
        rest = await (
            await at.client.get(f"/api/v1/calls/CA1/events?after={told['last'] - 1}", headers=at.bearer)
        ).json()
        assert [event["name"] for event in rest["events"]] == ["line.chosen"]
        assert (await at.client.get("/api/v1/calls/CA1/events?after=-1", headers=at.bearer)).status == 400

    play(scene)


def test_the_transcript_in_each_format(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink)
        for form, start in (("text", "Call CA1"), ("vtt", "WEBVTT"), ("json", "{")):
            answer = await at.client.get(f"/api/v1/calls/CA1/transcript?format={form}", headers=at.bearer)
            assert (await answer.text()).startswith(start)
        answer = await at.client.get("/api/v1/calls/CA1/transcript?format=pdf", headers=at.bearer)
        assert answer.status == 400

    play(scene)


def test_a_tampered_record_is_told_as_tampered(play: Callable[[Scene], None], fresh_database: str) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink)
        owner = create_async_engine(fresh_database)
        async with owner.begin() as connection:
            await connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
            forged = {"body": b'{"from_ms":2151.0}'}
            await connection.execute(text("UPDATE events SET body = :body WHERE seq = 9"), forged)
        await owner.dispose()
        told = await (await at.client.get("/api/v1/calls/CA1", headers=at.bearer)).json()
        assert told["chain"]["verified"] is False
        assert "event 9" in told["chain"]["fault"]
        assert (await at.client.get("/api/v1/calls/CA1/transcript", headers=at.bearer)).status == 409
        await at.sign_in()
        page = await (await at.client.get("/calls/CA1")).text()
        assert "This record was changed after it was written" in page

    play(scene)


def test_the_recording_is_served_in_ranges(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink)
        missing = await at.client.get("/api/v1/calls/CA1/recording", headers=at.bearer)
        assert missing.status == 404
        recording_path(at.recordings, "CA1").write_bytes(bytes(range(100)))
        whole = await at.client.get("/api/v1/calls/CA1/recording", headers=at.bearer)
        assert (whole.status, whole.content_type, len(await whole.read())) == (200, "audio/wav", 100)
        part = await at.client.get("/api/v1/calls/CA1/recording", headers={**at.bearer, "Range": "bytes=10-19"})
        assert (part.status, await part.read()) == (206, bytes(range(10, 20)))

    play(scene)


@pytest.mark.parametrize("name", ["CA404", "..%2F..%2Fetc%2Fpasswd", "%00", "x" * 2_000])
def test_a_call_nobody_knows(play: Callable[[Scene], None], name: str) -> None:
    async def scene(at: Site) -> None:
        for tail in ("", "/events", "/transcript", "/recording"):
            answer = await at.client.get(f"/api/v1/calls/{name}{tail}", headers=at.bearer)
            assert answer.status == 404

    play(scene)


def test_an_event_of_a_newer_release_does_not_hide_the_call(play: Callable[[Scene], None], fresh_database: str) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink, upto_ms=100.0)
        record = await CallRecord.open(at.sink, "main", "CA1")
        ev.CarrierReplaced.version = 99
        try:
            record.append([ev.CarrierReplaced()], 200.0)
            await record.durable()
        finally:
            ev.CarrierReplaced.version = 1
        await at.sign_in()
        assert "1 cannot be read by this release" in await (await at.client.get("/calls/CA1")).text()

    play(scene)


async def _refused(_: web.Request) -> web.StreamResponse | None:
    return web.Response(status=403)


def test_every_route_declares_a_permission_somebody_guards() -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response()

    with pytest.raises(ConfigurationError, match=r"GET /secret asks for '', which nothing guards"):
        mount(web.Application(), [Route("GET", "/secret", handler, "")], {"open": _refused})


def test_the_scope_a_token_is_made_with_is_the_one_routes_ask_for() -> None:
    from records import tokens

    assert {CALLS_READ, CALLS_STEER} <= set(tokens.SCOPES)
    assert len({OPEN, CALLS_READ, CALLS_STEER, CALLS_SEE}) == 4
