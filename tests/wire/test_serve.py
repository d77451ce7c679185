"""`switchboard serve` as an operator and an attacker meet it: a process of its own, real stores, real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from telephony.callbacks import AFTER, MEDIA, STATUS, STREAM_STATUS, VOICE
from telephony.signature import HEADER, sign
from telephony.twin.ports import UpgradeRefused
from telephony.twin.web import WebNetwork
from tests.wire.process import HUMAN, NUMBER, SECRET, Server, environment, free_port, switchboard

pytestmark = pytest.mark.wire

WEBHOOKS = (VOICE, AFTER, STATUS, STREAM_STATUS)
FORM = (
    ("AccountSid", "AC" + "0" * 32),
    ("CallSid", "CA" + "1" * 32),
    ("CallStatus", "ringing"),
    ("From", "+12125550142"),
    ("To", NUMBER),
)
Post = Callable[..., Awaitable[tuple[int, str]]]


def poster(server: Server, session: aiohttp.ClientSession) -> Post:
    """POST as the carrier would, and with what an attacker changes."""

    async def post(path: str, call: int = 1, *, signature: str | None = None, **changed: str) -> tuple[int, str]:
        form = dict(FORM) | {"CallSid": f"CA{call:032}"}
        signed = sign(SECRET, server.url + path, list(form.items())) if signature is None else signature
        headers = {HEADER: signed} if signed else {}
        async with session.post(server.url + path, data=form | changed, headers=headers) as answer:
            return answer.status, await answer.text()

    return post


# --- starting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "arguments", "remedy"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, (), "TWILIO_AUTH_TOKEN is not set"),
        ({"TWILIO_AUTH_TOKEN": " , "}, (), "TWILIO_AUTH_TOKEN is not set"),
        ({"PUBLIC_URL": ""}, (), "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "http://calls.example.com"}, (), "PUBLIC_URL must begin with https://"),
        ({"HOST": "0.0.0.0"}, ("--insecure-dev",), "unset HOST, or leave out --insecure-dev"),
        ({"HOST": "::", "TWILIO_AUTH_TOKEN": ""}, ("--insecure-dev",), "may listen on loopback only"),
        ({"PORT": "eighty"}, (), "PORT must be a number from 0 to 65535"),
        ({"SWITCHBOARD_LINES": "nowhere.yaml"}, (), "nowhere.yaml"),
    ],
)
def test_serving_is_refused_with_the_remedy(
    folder: Path, stores: dict[str, str], changed: dict[str, str], arguments: tuple[str, ...], remedy: str
) -> None:
    env = environment(folder / "var", free_port(), **stores, **changed)

    done = asyncio.run(
        switchboard("serve", *arguments, env=env, folder=folder, main="tests.wire.server:run", within_s=30)
    )

    assert done.code == 2, done
    assert remedy in done.err
    assert "Traceback" not in done.err
    assert "answers on" not in done.out


def test_a_port_in_use_is_named_with_another(folder: Path, stores: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = environment(folder / "var", port, **stores)
        done = asyncio.run(switchboard("serve", env=env, folder=folder, main="tests.wire.server:run"))

    assert done.code == 2, done
    assert f"127.0.0.1:{port} cannot be listened on" in done.err
    assert f"PORT={port + 1}" in done.err


def test_the_first_start_makes_its_own_folder(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> None:
        async with Server(folder / "new", more=stores):
            pass

    asyncio.run(main())


# --- forgers ------------------------------------------------------------------------------------


def test_what_the_carrier_did_not_sign_is_answered_with_403(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> None:
        server = Server(folder / "var", more=stores)
        async with server, aiohttp.ClientSession() as session, WebNetwork() as network:
            post = poster(server, session)
            elsewhere = sign(SECRET, "https://other.example.com" + VOICE, list(FORM))
            for path in WEBHOOKS:
                assert (await post(path, signature=""))[0] == 403, path
                assert (await post(path, signature="AAAAAAAAAAAAAAAAAAAAAAAAAAA="))[0] == 403, path
                assert (await post(path, signature=elsewhere))[0] == 403, path
                assert (await post(path, To="+15550101"))[0] == 403, path
                assert (await post(path))[0] in (200, 204), path
            socket_url = server.url.replace("http", "ws") + MEDIA
            for forged in ({}, {HEADER: sign("somebody else's token", socket_url, ())}, {HEADER: "AAAA"}):
                with pytest.raises(UpgradeRefused) as refused:
                    await network.open_socket(socket_url, forged)
                assert refused.value.status == 403

    asyncio.run(main())


def test_a_repeated_webhook_is_answered_to_the_letter(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> None:
        server = Server(folder / "var", more=stores)
        async with server, aiohttp.ClientSession() as session:
            post = poster(server, session)
            first = await post(VOICE, 1)
            assert first[0] == 200 and "<Connect" in first[1]
            async with asyncio.TaskGroup() as group:
                repeats = [group.create_task(post(VOICE, 1)) for _ in range(10)]
            assert {repeat.result() for repeat in repeats} == {first}
            assert await post(VOICE, 2) != first

    asyncio.run(main())


# --- operating ----------------------------------------------------------------------------------


def test_a_pause_counts_for_the_next_call_and_survives_a_restart(folder: Path, stores: dict[str, str]) -> None:
    var = folder / "var"

    async def line(*arguments: str, server: Server) -> str:
        env = environment(var, server.port, **stores)
        done = await switchboard("line", *arguments, env=env, folder=folder, without=("onnxruntime", "numpy"))
        assert done.code == 0, done.err
        return done.out

    async def main() -> None:
        first = Server(var, more=stores)
        async with first, aiohttp.ClientSession() as session:
            post = poster(first, session)
            assert "<Connect" in (await post(VOICE, 1))[1]
            await line("pause", "front", "--message", "We are closed today.", server=first)
            began = asyncio.get_running_loop().time()
            assert "We are closed today." in (await post(VOICE, 2))[1]
            assert asyncio.get_running_loop().time() - began < 2.0
        second = Server(var, more=stores)
        async with second, aiohttp.ClientSession() as session:
            post = poster(second, session)
            assert "We are closed today." in (await post(VOICE, 3))[1]
            await line("pause", "front", "--to", HUMAN, server=second)
            assert f"{HUMAN}</Number>" in (await post(VOICE, 4))[1]
            assert "paused" in await line("list", server=second)
            await line("resume", "front", server=second)
            assert "<Connect" in (await post(VOICE, 5))[1]

    asyncio.run(main())
