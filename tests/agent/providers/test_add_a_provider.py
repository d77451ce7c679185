"""docs/add-a-provider.md, done as it says: written, registered, tried by its own tests, held to a voice's promises,
and serving a line."""

from __future__ import annotations

import asyncio
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.ports import CallContext
from agent.providers import registry
from agent.scripted import scripted_engine, scripted_words
from calls.clock import LoopClock
from calls.errors import ConfigurationError, ProviderError
from calls.ports import VoicedAudio
from calls.signals import ProviderNoticed, Signal, UsageCounted
from calls.speech import NEUTRAL, Clause, SpeechStyle
from switchboard import settings
from switchboard.engines import Engines, vendor_session
from switchboard.lines import parse

PROJECT = Path(__file__).parents[3]
PAGE = PROJECT / "docs" / "add-a-provider.md"
_BLOCK = re.compile(r"^```(?P<kind>\w+) (?P<path>\S+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's files, the package registered as an installer does it: an entry point in its metadata."""
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / block["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_text(block["body"], encoding="utf-8")
    package = tmp_path / "acme-voices"
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    metadata = package / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    points = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(points))
    monkeypatch.syspath_prepend(str(package))
    yield tmp_path
    for name in ("acme_voices", "test_acme_voices"):
        sys.modules.pop(name, None)


def test_its_own_tests_pass(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:valkey", "acme-voices"]
    path = f"{PROJECT}:{folder / 'acme-voices'}"
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_is_found_like_ours(folder: Path) -> None:
    offer = registry.find("speaking", "acme/clear")
    assert (offer.package, offer.keyless()) == ("acme-voices", False)
    assert "acme/clear" in registry.names("speaking")


def test_a_line_that_names_it_wants_its_key(folder: Path) -> None:
    (line,) = parse((folder / "lines.yaml").read_text(), "lines.yaml")
    engines = Engines(scripted_engine(), settings.read({}), None, LoopClock())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="line desk names acme/clear, but ACME_API_KEY is not set"):
        engines.refuse_missing([line])


@asynccontextmanager
async def served(folder: Path, key: str | None = None) -> AsyncIterator[tuple[Engines, Any]]:
    """Engines whose Acme is the page's loopback server."""
    page: Any = importlib.import_module("test_acme_voices")
    async with page.acme() as moved, vendor_session() as session:
        chosen = settings.read({"ACME_API_KEY": key or page.KEY, "ACME_BASE_URL": moved.base_url})
        (line,) = parse((folder / "lines.yaml").read_text(), "lines.yaml")
        yield Engines(scripted_engine(), chosen, session, LoopClock()), line


async def _say(folder: Path, key: str | None = None) -> tuple[str, list[Signal]]:
    """What a call on the page's line hears, and what stands on its record."""
    told: list[Signal] = []
    async with served(folder, key) as (engines, line):
        session = engines.of(line).open(line, 0.0)
        heard: list[VoicedAudio] = []
        async with asyncio.TaskGroup() as group:
            running = group.create_task(session.run(told.append))
            await asyncio.sleep(0)
            async for piece in session.voice(Clause("r1.1", "See you on Tuesday.")):
                heard.append(piece)
            running.cancel()
        assert all(len(piece.mulaw) % 160 == 0 for piece in heard)
    return scripted_words(b"".join(piece.mulaw for piece in heard)), told


def test_it_serves_the_line_and_says_what_it_costs(folder: Path) -> None:
    words, told = asyncio.run(_say(folder))
    assert words == "See you on Tuesday."
    assert [signal for signal in told if isinstance(signal, UsageCounted)] == [
        UsageCounted("speaking", "acme/clear", {"characters": 19.0})
    ]


def test_when_it_refuses_the_next_voice_of_the_line_speaks(folder: Path) -> None:
    words, told = asyncio.run(_say(folder, "wrong-secret"))
    assert words == "See you on Tuesday."
    kinds = [(s.provider, s.kind, s.reason, s.to) for s in told if isinstance(s, ProviderNoticed)]
    assert kinds[:2] == [("acme/clear", "failed", "key", ""), ("acme/clear", "opened", "", "")]
    assert kinds[-1] == ("acme/clear", "switched", "", "offline")
    assert "wrong-secret" not in str(told)


def test_it_keeps_the_promises_of_a_voice(folder: Path) -> None:
    async def scene() -> None:
        page: Any = importlib.import_module("test_acme_voices")
        async with page.acme() as config:
            voice = registry.make_speaking(config)
            told: list[Signal] = []
            (line,) = parse((folder / "lines.yaml").read_text(), "lines.yaml")
            session = voice.open(CallContext("c", line, LoopClock(), told.append))
            await voice.warm(line)
            usual = [piece async for piece in session.speak("one two three", NEUTRAL)]
            slow = [piece async for piece in session.speak("one two three", SpeechStyle(emotion="warm", pace=0.5))]
            assert sum(len(p.samples) for p in slow) > 1.5 * sum(len(p.samples) for p in usual)
            assert slow[0].dropped == ("emotion:warm",)
            left = session.speak("one two three", NEUTRAL)
            await anext(left)
            await left.aclose()  # type: ignore[attr-defined]
            again = [piece async for piece in session.speak("one two three", NEUTRAL)]
            assert b"".join(p.samples for p in again) == b"".join(p.samples for p in usual)
            nobody = registry.make_speaking(replace(config, base_url="http://127.0.0.1:1"))
            await nobody.warm(line)
            with pytest.raises(ProviderError) as gone:
                [piece async for piece in nobody.speak("one", NEUTRAL)]
            assert gone.value.kind == "lost"

    asyncio.run(scene())
