"""A transcript as plain text, as JSON, or as WebVTT beside its recording."""

from __future__ import annotations

import html
from typing import Literal, get_args

from calls.codec import JsonValue, to_json
from calls.errors import RecordError
from records.call_index import mask
from records.entries import ActionLine, AgentClause, CallerKeys, CallerTurn, Entry, Notice, SlotLine
from records.transcript import Transcript

Format = Literal["text", "json", "vtt"]


def write(transcript: Transcript, form: str) -> str:
    """``transcript`` in ``form``: text, json or vtt. Raises RecordError for any other."""
    if form == "text":
        return as_text(transcript)
    if form == "vtt":
        return as_vtt(transcript)
    if form == "json":
        import json

        return json.dumps(as_json(transcript), ensure_ascii=False, indent=2) + "\n"
    raise RecordError(f"a transcript cannot be written as {form!r}; choose one of {', '.join(get_args(Format))}")


def as_json(transcript: Transcript) -> JsonValue:
    """Plain JSON; the caller's number is masked."""
    whole = to_json(transcript)
    assert isinstance(whole, dict)
    whole.pop("is")
    whole["caller"] = mask(transcript.caller)
    entries: list[JsonValue] = []
    for entry in transcript.entries:
        fields = to_json(entry)
        assert isinstance(fields, dict)
        kind = fields.pop("is")
        if isinstance(entry, AgentClause):
            fields["unheard"] = entry.unheard
        entries.append({"kind": kind, **fields})
    whole["entries"] = entries
    return whole


def clock(ms: float) -> str:
    """``ms`` since answer as minutes and seconds: ``01:07.4``."""
    tenths = round(ms / 100)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def as_text(transcript: Transcript) -> str:
    """One line per entry, led by its time."""
    head = [
        f"Call {transcript.call}",
        f"Line {transcript.line}, answered {transcript.answered_at}",
        f"Caller {mask(transcript.caller) or 'withheld'}",
        "",
    ]
    body = [f"[{clock(entry.from_ms)}] {line_of(entry)}" for entry in transcript.entries]
    seconds = f"{transcript.duration_ms / 1000:.1f} s"
    if transcript.ended:
        foot = f"Ended after {seconds}: {transcript.reason}, {transcript.disposition or 'no disposition'}"
    else:
        foot = f"Not ended; the record stands at {seconds}"
    return "\n".join([*head, *body, "", foot]) + "\n"


def line_of(entry: Entry) -> str:
    """An entry in words."""
    match entry:
        case CallerTurn():
            return f"Caller: {_flat(entry.text)}" + (" ... [unfinished]" if entry.unfinished else "")
        case CallerKeys():
            return f"Caller: [keys {entry.digits}]"
        case AgentClause():
            return "Agent:  " + _agent(entry)
        case SlotLine():
            value = f" = {_flat(entry.value)}" if entry.value else ""
            return f"  - {entry.slot if entry.slot != '*' else 'everything'} {entry.change}{value}"
        case ActionLine():
            return "  * " + _action(entry)
        case Notice():
            return f"  ({entry.text})"


def _agent(entry: AgentClause) -> str:
    mark = f" [read back: {'everything' if entry.read_back == '*' else entry.read_back}]" if entry.read_back else ""
    unheard = f'not heard: "{_flat(entry.unheard)}"'
    match entry.state:
        case "heard":
            return _flat(entry.heard) + mark
        case "interrupted":
            return f"{_flat(entry.heard)} -- [interrupted; {unheard}]".lstrip() + mark
        case "paused":
            return f"{_flat(entry.heard)} -- [paused; {unheard}]".lstrip() + mark
        case "sent":
            return f'[sent, not known to be heard: "{_flat(entry.said)}"]' + mark
        case "blocked":
            return f"[stopped by the rule {entry.rule}, never said]"
        case _:
            return f'[not said: "{_flat(entry.said)}"]' + mark


def _action(entry: ActionLine) -> str:
    result = ", ".join(f"{name} {_flat(value)}" for name, value in entry.result)
    match entry.state:
        case "committed":
            return f"{entry.action} committed: {result} (receipt {entry.digest[:12]})"
        case "refused":
            return f"{entry.action} refused: {entry.refusal}" + (f" ({result})" if result else "")
        case "answered":
            return f"{entry.action} answered" + (f": {result}" if result else "")
        case _:
            return f"{entry.action} requested, not answered"


def as_vtt(transcript: Transcript) -> str:
    """WebVTT (W3C): what was heard, as cues over the recording."""
    cues = ["WEBVTT\n"]
    for entry in transcript.entries:
        match entry:
            case CallerTurn():
                who, text = "Caller", entry.text
            case CallerKeys():
                who, text = "Caller", f"[keys {entry.digits}]"
            case AgentClause() if entry.heard:
                who, text = "Agent", entry.heard
            case _:
                continue
        ends = max(entry.to_ms, entry.from_ms + 200)
        cues.append(f"{_vtt(entry.from_ms)} --> {_vtt(ends)}\n<v {who}>{html.escape(_flat(text), quote=False)}\n")
    return "\n".join(cues)


def _vtt(ms: float) -> str:
    whole = max(0, round(ms))
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"


def _flat(text: str) -> str:
    return " ".join(text.split())
