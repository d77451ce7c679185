"""The transcript and the waterfall as folds of a call's events."""

from __future__ import annotations

import asyncio
import json

import pytest

from calls import events as ev
from calls.errors import RecordError
from calls.events import CallEvent, EventBody
from calls.speech import Clause
from records.entries import AgentClause, CallerTurn, Notice
from records.transcript import transcribe
from records.transcript_formats import as_text, as_vtt, write
from records.waterfall import percentile, summarize, waterfall
from tests.records import sample_call


def fold(*bodies: tuple[float, EventBody]) -> list[object]:
    told = [CallEvent("call:x", n, at, body) for n, (at, body) in enumerate(bodies, 1)]
    return list(transcribe(told).entries)


def test_danger_that_was_heard_stands_in_the_transcript() -> None:
    heard = ev.DangerHeard("child_alone", "r", "1", "critical", "hand_over", 1, True)
    assert fold((700.0, heard)) == [Notice(700.0, 700.0, "Danger heard: child alone (critical).", "child_alone")]


def test_the_whole_call_reads_like_this() -> None:
    assert as_text(transcribe(asyncio.run(sample_call.events()))) == (
        "Call CA1\n"
        "Line front desk, answered 2026-03-02T09:30:00+00:00\n"
        "Caller ••••••••0123\n"
        "\n"
        "[00:00.0] Agent:  Hello, this is the front desk.\n"
        "[00:02.2] Caller: a table on march 17th <b>please</b>\n"
        "[00:04.3]   - date filled = 2026-03-17\n"
        '[00:04.4] Agent:  That is Tuesday, -- [interrupted; not heard: "March 17th."] [read back: date]\n'
        '[00:04.4] Agent:  [not said: "Is that right?"] [read back: date]\n'
        "[00:05.4] Caller: yes\n"
        "[00:06.2]   - date confirmed\n"
        "[00:06.2]   * book committed: code 4F7K, date 2026-03-17, time 14:30 (receipt abababababab)\n"
        "[00:06.4] Agent:  You are booked.\n"
        "[00:06.9] Caller: [keys 1#]\n"
        "\n"
        "Ended after 7.6 s: agent_hung_up, booked\n"
    )


def test_a_call_cut_short_shows_the_unfinished_utterance() -> None:
    transcript = transcribe(asyncio.run(sample_call.events(upto_ms=3_200.0)))
    last = transcript.entries[-1]
    assert isinstance(last, CallerTurn)
    assert (last.unfinished, last.text, last.from_ms, last.to_ms) == (True, "a table on", 2_150.0, 3_200.0)
    assert "a table on ... [unfinished]" in as_text(transcript)
    assert "Not ended; the record stands at 3.2 s" in as_text(transcript)


@pytest.mark.parametrize("keep", range(len(sample_call.STORY)))
def test_every_prefix_of_a_call_has_a_transcript(keep: int) -> None:
    events = asyncio.run(sample_call.events(upto_ms=sample_call.STORY[keep][0]))
    for form in ("text", "json", "vtt"):
        assert write(transcribe(events), form)


def test_a_cough_takes_the_unfinished_words_back() -> None:
    assert fold((1.0, ev.UtteranceCheckpointed(0.0, "uh")), (2.0, ev.CallerQuieted("noise"))) == []


def test_the_four_truths_stay_apart() -> None:
    clauses = tuple(Clause(f"r.{n}", f"Clause number {n}.") for n in range(6))
    entries = fold(
        (0.0, ev.LineChosen("r", 1, clauses)),
        (1.0, ev.ClauseVoiced("r.1", 1.0, False)),
        (2.0, ev.AgentBegan("r.2")),
        (3.0, ev.AgentInterrupted("r.3", 400.0, "Clause number")),
        (4.0, ev.AgentBegan("r.4")),
        (5.0, ev.AgentSpoke("r.4", "Clause number 4.", 1.0)),
        (6.0, ev.GuardrailBlocked("r.5", "no-promise")),
    )
    by_id = {entry.clause: entry for entry in entries if isinstance(entry, AgentClause)}
    assert [by_id[f"r.{n}"].state for n in range(6)] == [
        "composed", "voiced", "sent", "interrupted", "heard", "blocked",
    ]  # fmt: skip
    assert (by_id["r.3"].heard, by_id["r.3"].unheard) == ("Clause number", "3.")
    assert by_id["r.2"].heard == ""


def test_words_put_in_place_by_the_gate_are_the_ones_said() -> None:
    entries = fold(
        (0.0, ev.LineChosen("r", 1, (Clause("r.0", "You are cured."),))),
        (1.0, ev.GuardrailCleared("r.0", "medical", "Please ask a doctor.")),
        (2.0, ev.AgentBegan("r.0")),
        (3.0, ev.AgentInterrupted("r.0", 500.0, "Please ask")),
    )
    (entry,) = (entry for entry in entries if isinstance(entry, AgentClause))
    assert (entry.composed, entry.said, entry.unheard) == ("You are cured.", "Please ask a doctor.", "a doctor.")


def test_a_clause_said_again_stands_twice() -> None:
    entries = fold(
        (0.0, ev.LineChosen("r", 1, (Clause("r.0", "This call is recorded.", must_say=True),))),
        (1.0, ev.AgentBegan("r.0")),
        (500.0, ev.AgentInterrupted("r.0", 499.0, "This call")),
        (900.0, ev.AgentBegan("r.0")),
        (2_000.0, ev.AgentSpoke("r.0", "This call is recorded.", 1_100.0)),
    )
    assert [entry.state for entry in entries if isinstance(entry, AgentClause)] == ["interrupted", "heard"]


def test_vtt_holds_what_was_heard_and_escapes_it() -> None:
    vtt = as_vtt(transcribe(asyncio.run(sample_call.events())))
    assert vtt.startswith("WEBVTT\n\n00:00:00.020 --> 00:00:01.820\n<v Agent>Hello, this is the front desk.\n")
    assert "&lt;b&gt;please&lt;/b&gt;" in vtt
    assert "Is that right?" not in vtt


def test_json_masks_the_caller_and_names_each_kind() -> None:
    told = json.loads(write(transcribe(asyncio.run(sample_call.events())), "json"))
    assert told["caller"] == "••••••••0123"
    assert {entry["kind"] for entry in told["entries"]} == {
        "AgentClause", "CallerTurn", "SlotLine", "ActionLine", "CallerKeys",
    }  # fmt: skip


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(RecordError, match=r"'pdf'.*text, json, vtt"):
        write(transcribe([]), "pdf")


def test_the_waterfall_of_each_turn() -> None:
    turns = waterfall(asyncio.run(sample_call.events()))
    first, second, third = turns
    assert (first.decided, first.understood, first.chosen, first.voiced, first.sent) == (300.0, 20.0, 0.0, 100.0, 30.0)
    assert first.total == 450.0
    assert second.total == 500.0
    assert (third.decided, third.understood, third.total) == (100.0, None, None)
    told = summarize(turns)
    assert (told.turns, told.median, told.p95) == (2, 450.0, 500.0)


def test_percentiles_are_nearest_rank() -> None:
    assert percentile([], 0.5) is None
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
