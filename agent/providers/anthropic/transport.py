"""The SDK's requests over the process's one aiohttp session.

So connections, their keep-alive and their end belong to the wiring as everybody else's do, and giving up an answer
closes its socket in the same step of the loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import httpx2
from yarl import URL


class SessionTransport(httpx2.AsyncBaseTransport):
    """Implements the SDK's transport. The session is not ours to close."""

    def __init__(self, session: aiohttp.ClientSession, connect_ms: float) -> None:
        self._session = session
        # The limits on the answer itself are the adapter's, which knows an event from a ping.
        self._limits = aiohttp.ClientTimeout(total=None, sock_connect=connect_ms / 1000, connect=connect_ms / 1000)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it; returns with the head of the answer. Raises the SDK's transport errors, without their cause."""
        headers = [(name, value) for name, value in request.headers.multi_items() if name.lower() != "accept-encoding"]
        # A compressed stream is held back by the compressor.
        headers.append(("accept-encoding", "identity"))
        failed: httpx2.TransportError | None = None
        try:
            answer = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                data=await request.aread(),
                headers=headers,
                timeout=self._limits,
                allow_redirects=False,
            )
        except TimeoutError:
            failed = httpx2.ConnectTimeout("no connection in time")
        except (aiohttp.ClientError, OSError):
            failed = httpx2.ConnectError("no connection")
        if failed is not None:
            raise failed
        return httpx2.Response(answer.status, headers=list(answer.raw_headers), stream=_Answer(answer), request=request)


class _Answer(httpx2.AsyncByteStream):
    """The body, in pieces as they come."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        lost = False
        try:
            while piece := await self._answer.content.readany():
                yield piece
        except (aiohttp.ClientError, OSError):
            lost = True
        if lost:
            raise httpx2.ReadError("the connection ended")

    async def aclose(self) -> None:
        # Returns a connection whose answer was read to its end, and closes any other at once.
        if self._answer.content.is_eof():
            self._answer.release()
        else:
            self._answer.close()
