"""Catalogues drawn from the code: events, settings, checks, keys. A test finds them out of date."""

from __future__ import annotations

import inspect
import json
import typing
from dataclasses import fields
from pathlib import Path

from calls.events import EVENTS
from calls.floor import FROM_ANYWHERE, TRANSITIONS
from switchboard.jobs_payloads import PAYLOADS, payload_schema
from switchboard.script_pages import language_page, lint_page
from switchboard.settings import SETTINGS

EVENTS_HEAD = """# Every event on a call's record

Drawn from `calls/events/` by `switchboard docs`. Bodies are canonical JSON; see `calls/codec.py`.
"""

FLOOR_HEAD = """
## Who has the floor

Drawn from `calls/floor.py`. From anywhere: {anywhere}.

| floor | event | becomes |
|---|---|---|
"""

SETTINGS_HEAD = """# Settings

Drawn from `switchboard/settings.py` by `switchboard docs`. Each is an environment variable; a `.env` file in the
folder where the server starts fills in what the environment leaves out.

| variable | default | meaning |
|---|---|---|
"""


def _plain(kind: object) -> str:
    text = kind.__name__ if isinstance(kind, type) and not typing.get_args(kind) else str(kind)
    for noise in ("calls.commands.", "calls.speech.", "calls.run.", "collections.abc.", "typing."):
        text = text.replace(noise, "")
    return "Command, ..." if text.count("|") > 8 else text.replace("|", "or")


def events_page() -> str:
    """The event catalogue and the floor's table."""
    parts = [EVENTS_HEAD]
    for name in sorted(EVENTS):
        kind = EVENTS[name]
        hints = typing.get_type_hints(kind)
        parts.append(f"\n### `{name}` (version {kind.version})\n\n{inspect.getdoc(kind)}\n")
        parts += [f"* `{field.name}`: {_plain(hints[field.name])}" for field in fields(kind)]
    anywhere = ", ".join(f"`{cue}` -> {floor}" for cue, floor in FROM_ANYWHERE.items())
    parts.append(FLOOR_HEAD.format(anywhere=anywhere).rstrip("\n"))
    for floor, row in TRANSITIONS.items():
        parts += [f"| {floor} | `{cue}` | {to} |" for cue, to in row.items()]
    return "\n".join(parts) + "\n"


def settings_page() -> str:
    """The table of settings."""
    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else ''} | {s.help} |" for s in SETTINGS]
    return SETTINGS_HEAD + "\n".join(rows) + "\n"


def schema_pages() -> dict[str, str]:
    """File name -> the JSON Schema of a webhook."""
    return {f"{kind}.json": json.dumps(payload_schema(kind), indent=2) + "\n" for kind in PAYLOADS}


def write(docs: Path) -> list[Path]:
    """Write all pages below ``docs``."""
    pages = {docs / "events.md": events_page(), docs / "settings.md": settings_page(), docs / "lint.md": lint_page()}
    (docs / "schemas").mkdir(exist_ok=True)
    pages |= {docs / "schemas" / name: text for name, text in schema_pages().items()}
    language = docs / "language.md"
    if language.is_file():
        pages[language] = language_page(language.read_text(encoding="utf-8"))
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return list(pages)
