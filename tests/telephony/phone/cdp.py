"""A headless Chromium, spoken to over the Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--remote-debugging-port=0", "--window-size=1100,900",
)  # fmt: skip
START_S = 30.0
ANSWER_S = 20.0
TEARDOWN_S = 10.0
LOG_BYTES = 1 << 24
"""What the browser may write to its log before it would have to wait for a reader."""


class PageFault(AssertionError):
    """The browser refused a command, or a script on the page threw."""


class Page:
    """One tab. Commands one after another; what the browser tells meanwhile is kept in ``events``."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._id = 0
        self.events: list[dict[str, object]] = []

    async def command(self, method: str, **params: object) -> dict[str, object]:
        """The result of a command. Raises PageFault, or TimeoutError after 20 s."""
        self._id += 1
        await self._socket.send_json({"id": self._id, "method": method, "params": params})
        async with asyncio.timeout(ANSWER_S):
            while True:
                message = json.loads(await self._socket.receive_str())
                if message.get("id") != self._id:
                    self.events.append(message)
                elif "error" in message:
                    raise PageFault(f"{method}: {message['error']}")
                else:
                    result: dict[str, object] = message["result"]
                    return result

    async def open(self, url: str) -> None:
        """Go there, until the page has loaded and its modules have run."""
        for domain in ("Page", "Runtime", "Log"):
            await self.command(f"{domain}.enable")
        await self.command("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def ask(self, expression: str) -> object:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = await self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise PageFault(f"{expression}: {answer['exceptionDetails']}")
        result = answer["result"]
        assert isinstance(result, dict)
        return result.get("value")

    async def until(self, condition: str, within_ms: int = 10_000) -> None:
        """Return when a JavaScript condition holds; the page itself looks every 5 ms."""
        held = await self.ask(
            f"""new Promise(done => {{
                const end = performance.now() + {within_ms};
                const look = () => {{
                    if ({condition}) done(true);
                    else if (performance.now() > end) done(false);
                    else setTimeout(look, 5);
                }};
                look();
            }})"""
        )
        assert held, f"not within {within_ms} ms: {condition}; {await self.ask('document.body.innerText')}"

    async def rest(self, ms: int) -> None:
        """Let the page's time pass."""
        await self.ask(f"new Promise(done => setTimeout(done, {ms}))")

    async def click(self, selector: str) -> None:
        """A real click, at the middle of an element."""
        spot = await self.ask(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        assert isinstance(spot, list)
        where = {"x": spot[0], "y": spot[1], "button": "left", "clickCount": 1}
        await self.command("Input.dispatchMouseEvent", type="mousePressed", **where)
        await self.command("Input.dispatchMouseEvent", type="mouseReleased", **where)

    async def type_key(self, key: str) -> None:
        """Press and release a key that writes a letter."""
        await self.command("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.command("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def screenshot(self, path: Path) -> None:
        """A PNG of what is to be seen."""
        answer = await self.command("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(str(answer["data"])))

    def complaints(self) -> list[str]:
        """Scripts that threw and what the browser logged as an error: blocked by policy, not found."""
        found = []
        for event in self.events:
            params = event.get("params")
            assert isinstance(params, dict)
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(str(params["entry"]["text"]))
        return found


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Page]:
    """A fresh browser with one empty tab; everything of it is gone afterwards."""
    program = next(path for name in PROGRAMS if (path := shutil.which(name)))
    with TemporaryDirectory(prefix="sb-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program, *FLAGS, f"--user-data-dir={profile}", *flags, "about:blank",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            start_new_session=True, limit=LOG_BYTES,
        )  # fmt: skip
        assert process.stderr is not None
        try:
            async with asyncio.timeout(START_S):
                port = await _port(process.stderr)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    tab = next(target for target in await answer.json() if target["type"] == "page")
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    yield Page(socket)
        finally:
            # the whole group: the browser is a family of processes
            os.killpg(process.pid, signal.SIGKILL)
            async with asyncio.timeout(TEARDOWN_S):
                await process.wait()


async def _port(lines: asyncio.StreamReader) -> str:
    said = ""
    while line := (await lines.readline()).decode(errors="replace"):
        said += line
        if found := re.search(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/", line):
            return found[1]
    raise PageFault(f"the browser did not start: {said[-2000:]}")
