"""``switchboard doctor``: what it says of scripts, lines, the secret and jobs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from calls.errors import ConfigurationError
from switchboard import settings
from switchboard.commands import doctor
from switchboard.settings import Settings


def chosen(folder: Path, **more: str) -> Settings:
    paths = {"VAR": folder / "var", "LINES": folder / "lines.yaml", "SCRIPTS": folder}
    return settings.read({**{f"SWITCHBOARD_{name}": str(path) for name, path in paths.items()}, **more})


def test_a_fresh_folder_lacks_only_its_lines(tmp_path: Path) -> None:
    lines = asyncio.run(doctor._lines(chosen(tmp_path)))
    assert (lines.state, "there is no" in lines.detail, "SWITCHBOARD_LINES" in lines.remedy) == ("missing", True, True)
    scripts = asyncio.run(doctor._scripts(chosen(tmp_path)))
    assert scripts.state == "ok"
    assert "front_desk" in scripts.detail


def test_a_broken_script_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("script: mine\nsteps:\n  a: {say: Hello., then: nowhere}\n")
    found = asyncio.run(doctor._scripts(chosen(tmp_path)))
    assert found.state == "missing"
    assert "mine.yaml:" in found.detail
    assert "workflow lint" in found.remedy


def test_processes_with_the_same_secret_show_the_same_print(tmp_path: Path) -> None:
    here, there = (chosen(tmp_path / name, SWITCHBOARD_SECRET="s" * 40) for name in "ab")
    assert asyncio.run(doctor._secret(here)).detail == asyncio.run(doctor._secret(there)).detail
    assert "s" * 40 not in asyncio.run(doctor._secret(here)).detail
    own = [asyncio.run(doctor._secret(chosen(tmp_path / name))).detail for name in "ab"]
    assert own[0] != own[1]
    with pytest.raises(ConfigurationError, match="openssl"):
        asyncio.run(doctor._secret(chosen(tmp_path, SWITCHBOARD_SECRET="short")))


def test_jobs_say_what_can_be_sent(fresh_database: str, tmp_path: Path) -> None:
    found = asyncio.run(doctor._jobs(chosen(tmp_path, DATABASE_URL=fresh_database)))
    assert (found.state, found.detail) == ("optional", "no texts, no e-mails; 0 notices wait for `switchboard serve`")


VENDORS = """\
lines:
  desk:
    number: "+15550100"
    script: book
    business: Harbor Dental
    agent_name: Robin
    greeting: Hello.
    hearing: [deepgram/flux, offline]
    understanding: openai/local-model
    speaking: elevenlabs/flash
"""


def providers(folder: Path, online: bool = False, **more: str) -> doctor.Finding:
    (folder / "lines.yaml").write_text(VENDORS)
    (found,) = asyncio.run(doctor._providers(chosen(folder, **more), online=online))
    return found


def test_of_each_line_it_says_which_providers_are_ready(tmp_path: Path) -> None:
    found = providers(tmp_path, DEEPGRAM_API_KEY="k", OPENAI_API_KEY="k")
    assert found.state == "missing"
    assert found.what == "line desk"
    assert found.detail == (
        "hearing deepgram/flux, hearing offline, understanding openai/local-model, "
        "speaking elevenlabs/flash: ELEVENLABS_API_KEY is not set"
    )
    assert "put ELEVENLABS_API_KEY into .env" in found.remedy
    assert providers(tmp_path, DEEPGRAM_API_KEY="k", OPENAI_API_KEY="k", ELEVENLABS_API_KEY="k").state == "ok"


def test_whether_they_answer_is_tried_only_when_asked(tmp_path: Path) -> None:
    nowhere = {f"{name}_BASE_URL": "http://127.0.0.1:9" for name in ("DEEPGRAM", "OPENAI", "ELEVENLABS")}
    keys = {f"{name}_API_KEY": "secret-key" for name in ("DEEPGRAM", "OPENAI", "ELEVENLABS")}
    assert providers(tmp_path, **keys, **nowhere).state == "ok"
    found = providers(tmp_path, online=True, **keys, **nowhere)
    assert found.state == "missing"
    assert "deepgram/flux: 127.0.0.1:9 does not answer (ClientConnectorError)" in found.detail
    assert found.remedy == "check the network, and DEEPGRAM_BASE_URL if you set it"
    assert "secret-key" not in str(found)


def test_the_addresses_it_tries_are_those_of_the_adapters() -> None:
    from agent.providers.anthropic import model as anthropic
    from agent.providers.deepgram import listening, speaking
    from agent.providers.elevenlabs import scribe
    from agent.providers.elevenlabs import speaking as voices
    from agent.providers.openai import model as openai
    from switchboard.readiness import ORIGINS

    assert {listening.ORIGIN, speaking.ORIGIN} == {ORIGINS["deepgram"]}
    assert {scribe.ORIGIN, voices.ORIGIN} == {ORIGINS["elevenlabs"]}
    assert (ORIGINS["anthropic"], ORIGINS["openai"]) == (anthropic.ORIGIN, openai.ADDRESS)
