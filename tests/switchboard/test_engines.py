"""Engines by lines: shared where lines are alike, refused by name where something is missing, warmed ahead."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.providers.registry import names
from agent.resilience.hearing import ResilientHearing
from agent.resilience.prices import read_prices
from agent.resilience.speaking import ResilientVoice
from agent.scripted import scripted_engine
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.line import Line, Persona, Term
from calls.virtual_time import run_virtual
from switchboard import settings
from switchboard.engines import Engines, missing_keys, prerender, wants_offline
from switchboard.lines import LineBook, parse

DESK = Line("desk", "+15550100", "book", "Robin", "Harbor Dental", "Hello. This call is recorded.")
VENDORS = replace(DESK, hearing=("deepgram/flux",), understanding=("openai/small",), speaking=("elevenlabs/flash",))
KEYS = {"DEEPGRAM_API_KEY": "dg-secret", "OPENAI_API_KEY": "oa-secret", "ELEVENLABS_API_KEY": "el-secret"}
PROVIDERS = Path(__file__).parents[2] / "docs" / "providers.md"


def engines(offline: bool = True, **environment: str) -> Engines:
    chosen = settings.read(environment)
    return Engines(scripted_engine() if offline else None, chosen, None, LoopClock())  # type: ignore[arg-type]


def test_lines_of_this_machine_share_its_engine() -> None:
    made = engines()
    assert made.of(DESK) is made.of(replace(DESK, id="other", greeting="Hi.", number="+15550101"))


@pytest.mark.parametrize(
    "change",
    [
        {"hearing": ("deepgram/nova-3",)},
        {"hearing": ("deepgram/flux", "offline")},
        {"understanding": ("offline",)},
        {"speaking": ("elevenlabs/flash-http",)},
        {"voice": ("another",)},
        {"vocabulary": (Term("Invisalign"),)},
        {"persona": Persona("brief")},
        {"locale": "en-GB"},
    ],
)
def test_an_engine_for_each_distinct_configuration(change: dict[str, Any]) -> None:
    made = engines(**KEYS)
    assert made.of(VENDORS) is made.of(replace(VENDORS, id="other", greeting="Hi."))
    assert made.of(VENDORS) is not made.of(replace(VENDORS, **change))


def test_another_vendor_is_one_line_of_configuration() -> None:
    text = """\
lines:
  desk:
    number: "+15550100"
    script: book
    business: Harbor Dental
    agent_name: Robin
    greeting: Hello.
    hearing: deepgram/flux
"""
    made = engines(**KEYS)
    (before,), (after,) = parse(text, "x"), parse(text.replace("deepgram/flux", "elevenlabs/scribe"), "x")
    hearing = [made.of(line).stages[0].traits.id for line in (before, after)]
    assert hearing == ["deepgram/flux", "elevenlabs/scribe"]


def test_stages_with_vendors_fall_back_and_others_are_as_they_are() -> None:
    hearing, _, voice = engines(**KEYS).of(replace(VENDORS, speaking=("offline",))).stages
    assert isinstance(hearing, ResilientHearing)
    assert not isinstance(voice, ResilientVoice)


def test_names_and_numbers_are_trusted_only_when_every_ear_can_be() -> None:
    made = engines(**KEYS)
    alone, backed = made.of(VENDORS), made.of(replace(VENDORS, hearing=("deepgram/flux", "offline")))
    assert (alone.traits.exact_hearing, backed.traits.exact_hearing) == (alone.stages[0].traits.exact, False)


def test_missing_keys_are_named_with_the_line_and_what_wants_them() -> None:
    with pytest.raises(ConfigurationError) as why:
        engines(DEEPGRAM_API_KEY="dg-secret").refuse_missing([DESK, VENDORS])
    assert str(why.value) == (
        "line desk names openai/small, elevenlabs/flash, but OPENAI_API_KEY and ELEVENLABS_API_KEY are not set; "
        "set them in the environment or in .env, or name another provider"
    )
    assert missing_keys(DESK, settings.read({})) == []


def test_what_a_provider_does_not_know_refuses_at_start_too() -> None:
    with pytest.raises(ConfigurationError, match="elevenlabs/v5"):
        parse(LINES.replace("offline", "elevenlabs/v5"), "x")


LINES = """\
lines:
  desk:
    number: "+15550100"
    script: book
    business: Harbor Dental
    agent_name: Robin
    greeting: Hello.
    speaking: offline
"""


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("hearing: psychic", r"x:8: hearing 'psychic' is not offered; use offline, or a provider as VENDOR/MODEL"),
        ("hearing: acme/ear", r"x:8: hearing: there is no hearing provider 'acme/ear'; there are: .*deepgram/flux"),
        ("understanding: deepgram/flux", r"x:8: understanding: there is no thinking provider .*anthropic/MODEL"),
        ("hearing: []", r"x:8: hearing is an empty list; name at least one"),
        ("hearing: [deepgram/flux, deepgram/flux]", r"x:8: hearing names deepgram/flux twice"),
        ("hearing: {a: b}", r"x:8: hearing must be text"),
        ("understanding: [offline, openai/x]", r"x:8: understanding names a model behind offline; put offline last"),
        ("speaking: [offline, elevenlabs/flash, deepgram/aura-2, deepgram/flux-tts, elevenlabs/v3]", r"5 providers"),
        ("voice: joan", r"x:8: voice 'joan' is not offered; use default, or name a speaking provider"),
        ("voice: [a, b]", r"x:8: there are 2 voices for 1 speaking provider"),
        ("voice: 'a b'", r"x:8: voice 'a b' is no id"),
        ("vocabulary: Invisalign", r"x:8: vocabulary must be a list"),
        ("vocabulary: [a, A]", r"x:8: vocabulary has 'A' twice"),
        ("vocabulary: [{word: a}]", r"x:8: a term has term and perhaps spoken, say, ipa"),
        ("persona: {name: Robin}", r"x:8: persona has manner and avoid; .*agent_name"),
        ("limits: {call_usd: free}", r"x:8: call_usd is 'free'; write US dollars above 0, as in 0.75"),
        ("limits: {day_usd: 0}", r"x:8: day_usd is '0'"),
    ],
)
def test_what_is_wrong_with_a_stage_is_named_with_its_line_and_the_fix(setting: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        parse(LINES.replace("speaking: offline", setting), "x")


def test_this_machines_models_are_loaded_only_for_lines_that_want_them() -> None:
    assert wants_offline(DESK)
    assert wants_offline(replace(VENDORS, speaking=("elevenlabs/flash", "offline")))
    assert not wants_offline(VENDORS)
    engines(offline=False, **KEYS).refuse_missing([VENDORS])
    with pytest.raises(ConfigurationError, match="line desk wants offline providers, and none were loaded"):
        engines(offline=False, **KEYS).refuse_missing([DESK])


def test_an_edit_that_names_what_cannot_be_served_leaves_the_lines_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "lines.yaml"
    path.write_text(LINES)
    book = LineBook(path)
    book.check = engines().refuse_missing
    path.write_text(LINES.replace("speaking: offline", "speaking: elevenlabs/flash"))
    with pytest.raises(ConfigurationError, match="ELEVENLABS_API_KEY is not set"):
        book.reload()
    assert book.line("desk").speaking == ("offline",)


class Warmed:
    """An engine that notes what it is warmed for."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.lines: list[str] = []
        self.fault = fault

    async def warm(self, line: Line) -> None:
        self.lines.append(line.id)
        if self.fault is not None:
            raise self.fault


@pytest.mark.parametrize("fault", [None, RuntimeError("sk-secret")])
def test_connections_are_warmed_in_the_background_and_never_in_the_way(
    fault: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> list[str]:
        made, engine = engines(), Warmed(fault)
        made.of = lambda _line: engine  # type: ignore[method-assign, assignment, return-value]
        made.expect(DESK)
        assert engine.lines == [], "whoever answers the carrier does not wait"
        async with asyncio.TaskGroup() as group:
            running = group.create_task(made.run())
            made.expect(replace(DESK, id="other"))
            await LoopClock().sleep_ms(10)
            running.cancel()
        return engine.lines

    caplog.set_level(logging.WARNING)
    assert run_virtual(scene()) == ["desk", "other"]
    assert "sk-secret" not in caplog.text


def test_a_voice_that_is_away_does_not_keep_the_server_from_starting(caplog: pytest.LogCaptureFixture) -> None:
    from agent.scripted import ScriptedVoice

    async def scene() -> None:
        offline = scripted_engine(voice=ScriptedVoice(fails=["Hello."]))
        made = Engines(offline, settings.read({}), None, LoopClock())  # type: ignore[arg-type]
        await made.prerender([DESK])

    run_virtual(scene())
    assert "the greeting of line desk is not voiced beforehand" in caplog.text


def test_greetings_are_voiced_by_the_lines_own_engine() -> None:
    async def scene() -> int:
        engine = scripted_engine()
        await prerender(engine, DESK)
        return await engine.prerender(["Hello.", "This call is recorded.", "New."])

    assert run_virtual(scene()) == 1


# --- the page -----------------------------------------------------------------------------------------


def test_the_page_names_every_provider_there_is_and_no_other() -> None:
    text = PROVIDERS.read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| `.*", text.split("## When one fails")[0], re.MULTILINE))
    shown = set(re.findall(r"`([a-z]+/[A-Za-z0-9.-]+)`", rows)) - {"anthropic/claude-haiku-5-5"}
    assert shown == {name for kind in ("hearing", "thinking", "speaking") for name in names(kind)}  # type: ignore[arg-type]


def test_the_table_of_prices_on_the_page_can_be_used(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml prices.yaml\n(.*?)```", PROVIDERS.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "prices.yaml"
    path.write_text(example)
    assert read_prices(path).cost("acme/clear", {"characters": 500}) == pytest.approx(0.01)


def test_a_key_is_missing_when_any_provider_of_its_vendor_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"hearing": False, "thinking": True, "speaking": True}

    class Offered:
        def __init__(self, kind: str) -> None:
            self.kind = kind

        def keyless(self) -> bool:
            return kinds[self.kind]

    monkeypatch.setattr("switchboard.engines.find", lambda kind, name: Offered(kind))
    line = replace(DESK, hearing=("acme/ear",), speaking=("acme/voice",))
    assert missing_keys(line, settings.read({})) == ["ACME_API_KEY"]


def test_calls_of_different_engines_have_different_names() -> None:
    """Who has to save, and whose model broke off, is kept by them for the whole process."""
    made = engines(**KEYS)

    async def main() -> set[str]:
        lines = (VENDORS, replace(VENDORS, hearing=("deepgram/nova-3",)))
        return {made.of(line).open(line, 0.0).call for line in lines}

    assert len(run_virtual(main())) == 2
