"""The pages people read: signing in, the call log, a call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from calls import events as ev
from calls.record import CallRecord
from console.latency_view import latency_view
from console.markup import Markup, document, el
from console.session import COOKIE, Session, Signer
from records.recording_path import recording_path
from records.turn_latency import TurnLatency
from records.wav import header
from tests.console.site import KEY, NOW, Site, site
from tests.records import sample_call

Scene = Callable[[Site], Awaitable[None]]
EVIL = "<script>alert('x')</script>\"&"


@pytest.fixture
def play(fresh_database: str, tmp_path: Path) -> Callable[[Scene], None]:
    def run(scene: Scene, public_url: str = "") -> None:
        async def main() -> None:
            async with asyncio.timeout(30), site(fresh_database, tmp_path, public_url) as opened:
                await scene(opened)

        asyncio.run(main())

    return run


def test_text_is_escaped_wherever_it_stands() -> None:
    made = el("p", EVIL, [EVIL], title=EVIL, hidden=True, id=None, data_x=1)
    assert made.count("&lt;script&gt;") == 3
    assert "<script>" not in made
    assert made.startswith('<p title="')
    assert ' hidden data-x="1">' in made
    assert el("p", Markup("<b>x</b>"), None) == "<p><b>x</b></p>"
    assert document(el("br")) == "<!doctype html>\n<br/>\n"


def test_who_is_not_signed_in_is_led_to_the_form_and_back(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        for path in ("/", "/calls?line=x", "/calls/CA1"):
            answer = await at.client.get(path, allow_redirects=False)
            assert answer.status == 303
            assert answer.headers["Location"].startswith("/login?next=")
        form = await (await at.client.get("/calls?line=x")).text()
        assert 'name="next" value="/calls?line=x"' in form
        answer = await at.client.post(
            "/login", data={"token": at.token, "next": "/calls?line=x"}, allow_redirects=False
        )
        assert (answer.status, answer.headers["Location"]) == (303, "/calls?line=x")
        assert (await at.client.get("/calls")).status == 200

    play(scene)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(play: Callable[..., None]) -> None:
    async def scene(at: Site) -> None:
        answer = await at.client.post("/login", data={"token": at.token}, allow_redirects=False)
        cookie = answer.headers["Set-Cookie"]
        for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Secure"):
            assert word in cookie
        assert at.token not in cookie

    play(scene, "https://switchboard.example")


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\n"])
def test_signing_in_never_leads_to_another_site(play: Callable[[Scene], None], target: str) -> None:
    async def scene(at: Site) -> None:
        answer = await at.client.post("/login", data={"token": at.token, "next": target}, allow_redirects=False)
        assert answer.headers["Location"] == "/calls"

    play(scene)


def test_a_form_from_another_site_is_refused(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            for path in ("/login", "/logout"):
                answer = await at.client.post(path, data={"token": at.token}, headers=headers, allow_redirects=False)
                assert answer.status == 403
                assert "Set-Cookie" not in answer.headers
        host = f"http://{at.client.host}:{at.client.port}"
        answer = await at.client.post(
            "/login", data={"token": at.token}, headers={"Origin": host}, allow_redirects=False
        )
        assert answer.status == 303

    play(scene)


@pytest.mark.parametrize("token", ["", "nonsense", "sb.tok_00000000000000000000.aaaaaaaaaaaaaaaaaaaaaaaa", EVIL])
def test_a_wrong_token_is_refused(play: Callable[[Scene], None], token: str) -> None:
    async def scene(at: Site) -> None:
        answer = await at.client.post("/login", data={"token": token}, allow_redirects=False)
        assert answer.status == 401
        assert "Set-Cookie" not in answer.headers
        assert "<script>alert" not in await answer.text()

    play(scene)


def test_signing_out_and_revoking_end_the_session(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await at.sign_in()
        await at.client.post("/logout", allow_redirects=False)
        assert (await at.client.get("/calls", allow_redirects=False)).status == 303
        await at.sign_in()
        (token,) = await at.tokens.find()
        await at.tokens.revoke(token.id, NOW)
        assert (await at.client.get("/calls", allow_redirects=False)).status == 303
        assert (await at.client.get("/api/v1/calls")).status == 401

    play(scene)


def test_a_link_signs_in_once(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        link = at.access.link()
        assert (await at.client.get(link, allow_redirects=False)).status == 303
        assert (await at.client.get("/calls", allow_redirects=False)).status == 200
        again = await at.client.get(link, allow_redirects=False)
        assert "used already" in await again.text()
        assert (await at.client.get("/login?link=%ED%B2%80wrong")).status == 200

    play(scene)


def test_a_cookie_nobody_signed_is_no_session() -> None:
    signer = Signer(KEY)
    good = signer.write(Session("tok_1", NOW + timedelta(hours=1)))
    assert signer.read(good, NOW) == Session("tok_1", NOW + timedelta(hours=1))
    assert signer.read(good, NOW + timedelta(hours=1)) is None
    assert Signer(b"x" * 32).read(good, NOW) is None
    payload, _, signature = good.partition(".")
    for wrong in ("", ".", good + "0", f"{payload}x.{signature}", f"{payload}.", "é.é", "x" * 9_999):
        assert signer.read(wrong, NOW) is None
    with pytest.raises(ValueError, match="32"):
        Signer(b"short")


def test_the_call_log_shows_and_filters(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await at.sign_in()
        assert "No call has been answered yet" in await (await at.client.get("/calls")).text()
        await sample_call.tell(at.sink)
        await sample_call.tell(at.sink, "CA2", upto_ms=100.0)
        page = await (await at.client.get("/calls")).text()
        assert page.count('href="/calls/CA') == 2
        assert "2026-03-02 09:30:00" in page
        assert 'class="chip good">booked' in page
        assert 'class="chip live">live' in page
        assert "+12025550123" not in page
        live = await (await at.client.get("/calls?disposition=live")).text()
        assert re.findall(r'href="/calls/(CA\d)', live) == ["CA2"]
        none = await at.client.get("/calls?from=2030-01-01")
        assert "No call fits these filters" in await none.text()
        bad = await at.client.get("/calls?from=%3Cscript%3E")
        assert bad.status == 400
        assert "<script>'" not in await bad.text()

    play(scene)


def test_a_call_s_page_tells_everything(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await at.sign_in()
        await sample_call.tell(at.sink)
        recording_path(at.recordings, "CA1").write_bytes(header(0))
        answer = await at.client.get("/calls/CA1")
        page = await answer.text()
        assert '<audio controls preload="metadata" src="/api/v1/calls/CA1/recording"' in page
        assert 'data-from="2150.0" data-to="4000.0"' in page
        assert "That is Tuesday, <del" in page
        count = sum(len(bodies) for _, bodies in sample_call.STORY)
        assert f"verified, {count} events" in page
        assert "450 ms" in page
        assert "abababababababab" in page
        assert "+12025550123" not in page
        assert page.count("<rect") >= 8
        assert "style=" not in page
        assert "data-live" not in page
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    play(scene)


def test_what_callers_say_cannot_become_markup(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await at.sign_in()
        record = await CallRecord.open(at.sink, "main", EVIL)
        told = ev.CallAnswered(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, NOW.isoformat())
        spoke = ev.CallerSpoke(1, EVIL, 0.0, 1.0, 1.0, EVIL)
        record.append(
            [told, spoke, ev.SlotFilled(EVIL, EVIL, EVIL, 1.0), ev.ActionRefused("k", EVIL, EVIL, {EVIL: EVIL})], 0.0
        )
        await record.durable()
        log = await (await at.client.get("/calls")).text()
        (link,) = set(re.findall(r'href="(/calls/%3C[^"]+)"', log))
        for page in (log, await (await at.client.get(link)).text()):
            assert "&lt;script&gt;" in page
            assert "<script>alert" not in page
        assert (await at.client.get(f"{link}/parts")).status == 200

    play(scene)


def test_a_live_call_s_page_can_be_renewed(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await at.sign_in()
        await sample_call.tell(at.sink, upto_ms=3_200.0)
        page = await (await at.client.get("/calls/CA1")).text()
        assert 'data-live="yes"' in page
        assert "a table on" in page
        assert "unfinished" in page
        parts = await (await at.client.get("/calls/CA1/parts")).text()
        assert parts in page
        assert (await at.client.get("/calls/CA9/parts")).status == 404
        assert (await at.client.get("/calls/CA9")).status == 404

    play(scene)


def test_files_are_served_to_anybody(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        files = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
        for name, kind in files.items():
            answer = await at.client.get(f"/console/{name}")
            assert (answer.status, answer.content_type) == (200, kind)
        assert COOKIE not in at.client.session.cookie_jar.filter_cookies(at.client.make_url("/"))

    play(scene)


def test_danger_can_be_seen_in_the_log_on_the_page_and_by_programs(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        await sample_call.tell(at.sink, upto_ms=100.0)
        record = await CallRecord.open(at.sink, "main", "CA1")
        record.append([ev.DangerHeard("self_harm", "r", "1", "critical", "hand_over", 1, True)], 2_000.0)
        await record.durable()
        await at.sign_in()
        badge = '<span class="chip risk critical">critical: self harm</span>'
        assert badge in await (await at.client.get("/calls?sort=risk&risk=critical")).text()
        page = await (await at.client.get("/calls/CA1")).text()
        assert badge in page and "Danger heard: self harm (critical)." in page and 'class="note danger"' in page
        assert "No call fits" not in await (await at.client.get("/calls?risk=high")).text()
        told = await (await at.client.get("/api/v1/calls?sort=risk", headers=at.bearer)).json()
        assert (told["calls"][0]["risk"], told["calls"][0]["dangers"]) == ("critical", ["self_harm"])
        for wrong in ("risk=huge", "sort=name"):
            assert (await at.client.get(f"/api/v1/calls?{wrong}", headers=at.bearer)).status == 400

    play(scene)


def test_the_waterfall_says_in_words_what_it_draws() -> None:
    filled = TurnLatency(
        3, 1_000.0, 120.0, None, 2.0, None, 0.0, None, 0.4, 80.0, 1.6, hearing="deepgram/nova-3", path="grammar",
        voice=EVIL, ahead="used", switched=("speaking",), filled_ms=900.0,
    )  # fmt: skip
    drawn = str(latency_view([filled]))
    assert 'role="img" aria-label="turn 3: 204 ms: end of turn and recognition (deepgram/nova-3): 120 ms, ' in drawn
    assert "fast path, begun ahead, speaking switched, filler after 900 ms" in drawn
    assert "<script>" not in drawn
    assert latency_view([TurnLatency(1, 0.0, 5.0)]) is None
