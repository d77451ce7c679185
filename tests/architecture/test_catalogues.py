"""Documentation that tests can break."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.catalogue import events_page, settings_page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "page"), [("events.md", events_page()), ("settings.md", settings_page())])
def test_the_catalogue_is_up_to_date(name: str, page: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page, "run: switchboard docs"
