"""Nothing is done on words that speak against it; a hearty yes stays one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.guidance import Guidance
from tests.agent.understanding.booking import CHECK, reading_back, understood

REFUSALS = """
let's not do it | let's not | I'd rather not | please don't | don't | hold off | hold off on that | not today
| better not
| no thanks leave it | actually no | yeah no | ok let's not | don't do it | don't book it | I'd better not
| not just yet
| let's hold off | probably not | on second thought no | we'd better not do it | I won't do it | yes no leave it
| please do not do that | leave it for now | I think I'd rather not do it"""
AGREEMENTS = """
do it | yes please | no problem | why not | I don't see why not | go ahead | ok do it then | no objections | go on then
| yes that's the one nothing to change | please do | by all means | no that's right go ahead"""


def _each(table: str) -> list[str]:
    return [" ".join(text.split()) for text in table.split("|")]


@pytest.mark.parametrize("text", _each(REFUSALS))
@pytest.mark.parametrize("guidance", [replace(CHECK, workflows=()), CHECK, reading_back("date", "2026-03-12")])
def test_a_refusal_is_never_a_yes(text: str, guidance: Guidance) -> None:
    assert "yes" not in understood(text, guidance)[0]


@pytest.mark.parametrize("text", _each(REFUSALS))
def test_a_refusal_is_a_no_or_a_cancel(text: str) -> None:
    assert {"no", "Cancel"} & set(understood(text, replace(CHECK, workflows=()))[0])


@pytest.mark.parametrize("text", _each(AGREEMENTS))
def test_a_yes_stays_a_yes(text: str) -> None:
    assert understood(text, replace(CHECK, workflows=()))[0] == ["yes"]


@given(
    st.sampled_from(["yes", "yeah", "sure", "ok", "go ahead", "do it", "that's right", "perfect", "book it"]),
    st.sampled_from(["let's not", "don't", "rather not", "not today", "hold off", "wait", "no", "but not that day"]),
    st.booleans(),
)
def test_yes_beside_a_negation_is_asked_again(yes: str, no: str, first: bool) -> None:
    text = f"{no} {yes}" if first else f"{yes} {no}"
    found = understood(text, replace(CHECK, workflows=()))[0]
    assert "yes" not in found or text.startswith("no ")
