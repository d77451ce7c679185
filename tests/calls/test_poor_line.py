"""When a line is taken for a poor one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from calls.caller import Caller, fold
from calls.danger import Danger, is_spelled, wants_check


def heard(*confidences: float) -> Caller:
    caller = Caller()
    for turn, sure in enumerate(confidences, 1):
        caller = fold(caller, ev.CallerSpoke(turn, "words", 0.0, 500.0, sure, "silence"), 600.0)
    return caller


@pytest.mark.parametrize(
    ("confidences", "poor"),
    [((), False), ((0.9, 0.4, 0.9), False), ((0.9, 0.4, 0.9, 0.5), True), ((0.4, 0.4, 0.9, 0.9), True)],
)
def test_two_turns_hardly_heard_are_one_too_many(confidences: tuple[float, ...], poor: bool) -> None:
    assert heard(*confidences).poor_line is poor


@pytest.mark.parametrize(("cause", "poor"), [("noise", True), ("loss", True), ("jitter", False), ("no_audio", False)])
def test_what_was_measured_counts_where_words_suffer_from_it(cause: str, poor: bool) -> None:
    assert fold(Caller(), ev.LineDegraded(cause, 1.0, 0.5), 0.0).poor_line is poor


@pytest.mark.parametrize(("sure", "poor", "asks"), [(0.6, False, False), (0.6, True, True), (0.7, True, False)])
def test_what_merely_resembles_danger_is_asked_about_sooner(sure: float, poor: bool, asks: bool) -> None:
    danger = Danger("self_harm", "r", "1", "critical", "say", "", resembles=True, check="Did I hear that right?")
    assert wants_check(danger, sure, poor_line=poor) is asks
    assert not wants_check(replace(danger, resembles=False), sure, poor_line=poor)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("G-r-a-c-e-w-h-i-p", True), ("it's S A R A H", True), ("I want to die", False), ("I, I need help", False)],
)
def test_letters_are_told_from_words(text: str, spelled: bool) -> None:
    assert is_spelled(text) is spelled
