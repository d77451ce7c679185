"""The server's process as its parent sees it, and the twin's side of the wire."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from agent.scripted import scripted_speech, scripted_words
from telephony.twin import Human, Twin, TwinConfig
from telephony.twin.ports import Form, Network, Reply, Unreachable, Voice
from telephony.twin.web import WebNetwork

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "the account's own auth token"
NUMBER, HUMAN = "+15550100", "+15550177"
LINES = f"""
lines:
  front:
    number: "{NUMBER}"
    script: book
    business: Harbor Dental
    agent_name: Robin
    greeting: Robin, automated assistant of Harbor Dental. Recorded.
    timezone: America/New_York
    human: {{number: "{HUMAN}", ring_seconds: 15}}
    limits: {{concurrent_calls: 40, calls_per_caller_and_hour: 100}}
"""
QUICK_WORD_MS = 120
"""a short word of callers in a hurry; a long one takes what its letters need"""
LINGER_MS = 2_000
"""how long callers with nothing left to say stay on the line: time to answer their last words, no more"""
READY_S = 60.0
"""how long a server may take to be ready, its first Postgres included, on a busy machine"""


def free_port() -> int:
    """A port nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    """Settings of a server on loopback whose signatures are checked; `more` adds or, with "", takes away."""
    lines = var.parent / f"{var.name}.lines.yaml"
    if not lines.exists():
        lines.write_text(LINES)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return (
        kept
        | {
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
            # as the command sets it itself, before numpy is there
            "OPENBLAS_NUM_THREADS": "1",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "TWILIO_AUTH_TOKEN": SECRET,
            "SWITCHBOARD_VAR": str(var),
            "SWITCHBOARD_LINES": str(lines),
            "LOG_LEVEL": "WARNING",
            "SWITCHBOARD_DRAIN_SECONDS": "2",
        }
        | more
    )


@dataclass
class Server:
    """Use as `async with`: ready inside, ended with SIGTERM at the end unless it was killed before."""

    var: Path
    port: int = field(default_factory=free_port)
    options: Sequence[str] = ()
    """of tests.wire.server"""
    arguments: Sequence[str] = ("serve",)
    more: Mapping[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    """every line it wrote, to either stream"""
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.wire.server", *self.options, *self.arguments,
            cwd=self.var.parent, env=environment(self.var, self.port, **self.more),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        ready = asyncio.Event()
        self._reading = asyncio.get_running_loop().create_task(self._read(ready))
        try:
            async with asyncio.timeout(READY_S):
                await ready.wait()
        except TimeoutError:
            await self.__aexit__()
            raise AssertionError(f"not ready within {READY_S:g} s:\n{self.story}") from None
        if self._process.returncode is not None or not any("answers on" in line for line in self.log):
            await self.__aexit__()
            raise AssertionError(f"did not start:\n{self.story}")
        return self

    async def __aexit__(self, *_fault: object) -> None:
        process = self._process
        assert process is not None
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(f"did not end within 20 s of SIGTERM:\n{self.story}") from None
        assert self._reading is not None
        await self._reading

    @property
    def story(self) -> str:
        """What it wrote."""
        return "\n".join(self.log)

    def terminate(self) -> None:
        """SIGTERM, without waiting for what follows."""
        assert self._process is not None
        self._process.terminate()

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def _read(self, ready: asyncio.Event) -> None:
        assert self._process is not None and self._process.stdout is not None
        async for line in self._process.stdout:
            self.log.append(line.decode().rstrip())
            if "answers on" in self.log[-1]:
                ready.set()
        ready.set()


@dataclass(frozen=True)
class Finished:
    """A command that has run."""

    code: int
    out: str
    err: str


async def switchboard(
    *arguments: str,
    env: Mapping[str, str],
    folder: Path,
    main: str = "switchboard.cli:main",
    without: Sequence[str] = (),
    within_s: float = READY_S,
) -> Finished:
    """The command `switchboard`, in a process of its own; `without`: modules which it must not load."""
    module, _, name = main.partition(":")
    code = f"import sys; from {module} import {name} as main; code = main(); "
    code += f"sys.exit(f'loaded: {{loaded}}' if (loaded := set({list(without)!r}) & set(sys.modules)) else code)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=folder, env=dict(env),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(within_s):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise AssertionError(f"switchboard {' '.join(arguments)} did not end within {within_s:g} s") from None
    return Finished(process.returncode or 0, out.decode(), err.decode())


class Balanced:
    """`Network` with a load balancer in front: a request which meets nobody is held until somebody listens."""

    def __init__(self, real: WebNetwork, hold_s: float = 12.0) -> None:
        self._real = real
        self._hold_s = hold_s
        self.open_socket = real.open_socket

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        """Raises Unreachable when nobody came."""
        until = asyncio.get_running_loop().time() + self._hold_s
        while True:
            try:
                return await self._real.request(method, url, form, headers)
            except Unreachable:
                if asyncio.get_running_loop().time() >= until:
                    raise
                await asyncio.sleep(0.1)


async def speech(text: str) -> bytes:
    """A caller's voice at a person's pace."""
    return scripted_speech(text)


async def quick_speech(text: str) -> bytes:
    """A caller's voice where it does not matter how long words last: the line itself is never sped up."""
    return scripted_speech(text, QUICK_WORD_MS)


async def words(mulaw: bytes) -> str:
    """The ear lent to callers."""
    return scripted_words(mulaw)


def twin_of(url: str, network: Network, *, voice: Voice = quick_speech, linger_ms: int = LINGER_MS) -> Twin:
    """Twilio's side of the account whose secret the server has."""
    config = TwinConfig(
        voice_url=f"{url}/twilio/voice",
        auth_token=SECRET,
        status_url=f"{url}/twilio/status",
        human=Human(),
        linger_ms=linger_ms,
    )
    return Twin(config, network, voice=voice, ear=words)
