"""The network proper: aiohttp to a server on the web or on loopback, in real time."""

from __future__ import annotations

import socket as sockets
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self, cast

import aiohttp
from yarl import URL

from calls.errors import CarrierLost
from telephony.twin.ports import Form, Reply, Unreachable, UpgradeRefused

_MAX_FRAME: Final = 1024 * 1024
_MAX_ANSWER: Final = 64 * 1024


class WebSocket:
    """The carrier's end of a real WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    @property
    def closed(self) -> bool:
        """True once either side has closed."""
        return self._socket.closed

    @property
    def close_code(self) -> int | None:
        """How the peer closed; 1006 when it vanished."""
        return self._socket.close_code

    async def receive(self) -> str | bytes | None:
        """The next message; None for good once closed."""
        message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            return cast("str | bytes", message.data)
        return None

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost when the socket is closed."""
        try:
            await self._socket.send_str(text)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise CarrierLost("the media socket is closed") from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; a second time does nothing."""
        await self._socket.close(code=code, message=reason.encode())

    async def abort(self) -> None:
        """Cut the connection below the protocol: no close frame leaves."""
        connection = self._socket.get_extra_info("socket")
        if connection is not None:
            try:
                connection.shutdown(sockets.SHUT_RDWR)
            except OSError:
                pass  # already gone, which is what was wanted


class WebNetwork:
    """`Network` over aiohttp; use as `async with`.

    `reach` maps an origin that a server believes to be its public one to where it really listens
    (`{"https://voice.example.com": "http://127.0.0.1:8080"}`): requests are signed for the first and sent
    to the second, as a tunnel would.
    """

    def __init__(self, reach: Mapping[str, str] | None = None) -> None:
        self._reach = {URL(public).origin(): URL(local).origin() for public, local in (reach or {}).items()}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers={"User-Agent": "TwilioProxy/1.1"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        """One request, no redirects; of the answer 64 KiB are read. Raises Unreachable."""
        body = aiohttp.FormData(list(form)) if method == "POST" else None
        try:
            async with self._open().request(
                method, self._where(url), data=body, headers=dict(headers), allow_redirects=False
            ) as answer:
                read = bytearray()
                async for piece in answer.content.iter_any():
                    read += piece
                    if len(read) > _MAX_ANSWER:
                        break
                text = bytes(read).decode("utf-8", "replace")
                return Reply(answer.status, text, answer.headers.get("Location", ""))
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {_first_line(error)}") from error

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> WebSocket:
        """Upgrade. Raises UpgradeRefused or Unreachable."""
        try:
            socket = await self._open().ws_connect(
                self._where(url), headers=dict(headers), max_msg_size=_MAX_FRAME, compress=0
            )
        except aiohttp.WSServerHandshakeError as refused:
            raise UpgradeRefused(refused.status) from refused
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {_first_line(error)}") from error
        return WebSocket(socket)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("WebNetwork is used as `async with WebNetwork() as network`")
        return self._session

    def _where(self, url: str) -> URL:
        # Left exactly as signed: yarl would tidy the percent escapes.
        try:
            asked = URL(url, encoded=True)
            secure = {"wss": "https", "ws": "http"}.get(asked.scheme, asked.scheme)
            local = self._reach.get(asked.with_scheme(secure).origin())
        except ValueError as error:
            raise Unreachable(f"not an address that can be asked: {url[:200]!r}") from error
        if local is None:
            return asked
        scheme = local.scheme if asked.scheme in ("http", "https") else {"https": "wss"}.get(local.scheme, "ws")
        return URL.build(
            scheme=scheme,
            host=cast(Any, local.host),
            port=local.port,
            path=asked.raw_path,
            query_string=asked.raw_query_string,
            encoded=True,
        )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
