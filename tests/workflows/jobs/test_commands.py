"""`switchboard jobs` and `switchboard webhooks`, as they are typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from calls.clock import utc_now
from switchboard.cli import main
from tests.workflows.jobs.office import BUSINESS, SetClock, office

Typed = Callable[..., tuple[int, str, str]]

LINES = f"""
lines:
  booking: {{number: "+15550100", script: book, business: {BUSINESS}, agent_name: Robin, greeting: Hello.}}
"""


@pytest.fixture
def typed(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.yaml").write_text(LINES, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_an_endpoint_is_added_listed_and_removed_and_its_secret_is_told_once(typed: Typed) -> None:
    code, out, _ = typed("webhooks", "add", "https://example.com/hook", "--event", "booking.created")
    endpoint, secret = out.split()[0], out.split()[-1]
    assert code == 0 and secret.startswith("whsec_")
    code, out, _ = typed("webhooks", "list")
    assert endpoint in out and "booking.created" in out and secret not in out
    assert typed("webhooks", "replay", endpoint, "--since", "2026-03-17") == (1, "0 message(s) are told again\n", "")
    assert typed("webhooks", "remove", endpoint)[0] == 0
    assert typed("webhooks", "remove", endpoint)[0] == 1
    assert "nobody is told" in typed("webhooks", "list")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("webhooks", "add", "https://10.0.0.1/"),
        ("webhooks", "add", "https://example.com/", "--event", "booking.made"),
        ("webhooks", "replay", "we_nobody", "--since", "2026-03-17"),
        ("jobs", "retry"),
        ("jobs", "retry", "1", "--all"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(typed: Typed, words: tuple[str, ...]) -> None:
    code, _, error = typed(*words)
    assert code == 2 and error.startswith(f"switchboard {words[0]}: ") and len(error) > 60


def test_what_could_not_be_sent_is_listed_and_tried_anew(typed: Typed, fresh_database: str) -> None:
    async def happens() -> None:
        async with office(fresh_database, clock=SetClock(utc_now())) as one:
            await one.happens("one_time_code", "XXXXX")

    asyncio.run(happens())
    assert typed("jobs", "list")[1] == "nothing of that kind\n"
    assert typed("jobs", "work", "--once")[0] == 0
    code, out, _ = typed("jobs", "list")
    assert code == 0 and "not_sent" in out and "TWILIO_ACCOUNT_SID" in out
    number = out.split()[0]
    assert typed("jobs", "retry", number) == (0, f"{number} is tried anew\n", "")
    assert typed("jobs", "retry", number, "77")[0] == 1
    assert "waiting" in typed("jobs", "list", "--state", "waiting")[1]
    assert typed("jobs", "retry", "--all")[0] == 1
