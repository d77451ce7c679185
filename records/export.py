"""A folder that proves itself: calls with their events, transcripts and recordings, and a manifest of digests."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from calls.chain import Envelope, verify
from calls.codec import JsonValue, canonical
from calls.errors import BrokenChain, ConfigurationError, RecordError
from calls.events import CallEvent
from calls.record import stream_of
from records.call_index import MOST, CallIndex, CallQuery, CallRow
from records.markers import markers_of
from records.recording import digest_of
from records.recording_path import find_recording, recording_name
from records.recording_proof import markers_json, recording_fault
from records.store import FIELDS, load_stream
from records.summary import summarize_call
from records.summary_formats import summary_text
from records.transcript import transcribe
from records.transcript_formats import as_text

FORMAT = 1
MANIFEST = "manifest.json"
COLUMNS = (
    "call", "line", "carrier", "caller", "called", "started_at", "ended_at", "duration_ms", "disposition", "reason",
    "events", "last_leaf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds, or what its check found."""

    calls: int
    events: int
    files: int
    faults: tuple[str, ...] = ()
    """what is wrong, in words; empty: all is as it was exported"""


@dataclass(slots=True)
class _Folder:
    root: Path
    files: dict[str, JsonValue] = field(default_factory=dict)
    calls: dict[str, JsonValue] = field(default_factory=dict)

    def write(self, name: str, content: bytes) -> None:
        (self.root / name).write_bytes(content)
        self.files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def copy(self, name: str, source: Path) -> None:
        shutil.copyfile(source, self.root / name)
        size = (self.root / name).stat().st_size
        self.files[name] = {"bytes": size, "sha256": digest_of(self.root / name)}


async def export(
    engine: AsyncEngine, recordings_dir: Path | None, from_: datetime, to: datetime, out: Path
) -> Exported:
    """Write every call that began in [``from_``, ``to``) into the new folder ``out``.

    A call whose chain is broken is exported as it is, and named in ``faults``. Raises ConfigurationError.
    """
    if from_.tzinfo is None or to.tzinfo is None or from_ >= to:
        raise ConfigurationError("an export needs two times with a zone, the first before the second")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigurationError(f"{out} is not empty; name a folder that does not exist yet")
    out.mkdir(parents=True, exist_ok=True)
    folder = _Folder(out)
    rows = await _calls_between(engine, from_, to)
    faults: list[str] = []
    lines: list[list[str]] = []
    total = 0
    for row in rows:
        envelopes = await load_stream(engine, stream_of(row.call))
        total += len(envelopes)
        lines.append([*_cells(row), str(len(envelopes)), envelopes[-1].leaf if envelopes else ""])
        faults += await asyncio.to_thread(_export_call, folder, row, envelopes, recordings_dir)
    folder.write("calls.csv", _csv(lines))
    manifest: JsonValue = {
        "format": FORMAT,
        "from": from_.isoformat(),
        "to": to.isoformat(),
        "calls": folder.calls,
        "files": folder.files,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return Exported(len(rows), total, len(folder.files), tuple(faults))


async def _calls_between(engine: AsyncEngine, from_: datetime, to: datetime) -> list[CallRow]:
    index = CallIndex(engine)
    rows: list[CallRow] = []
    cursor = ""
    while True:
        page = await index.find(CallQuery(from_, to, limit=MOST, cursor=cursor))
        rows.extend(page.calls)
        cursor = page.cursor
        if not cursor:
            return rows[::-1]


def _export_call(
    folder: _Folder, row: CallRow, envelopes: Sequence[Envelope], recordings_dir: Path | None
) -> list[str]:
    stem = recording_name(row.call).removesuffix(".wav")
    faults: list[str] = []
    try:
        verify(envelopes)
    except BrokenChain as fault:
        faults.append(str(fault))
    folder.calls[row.call] = {
        "events": len(envelopes),
        "last_leaf": envelopes[-1].leaf if envelopes else "",
        "file": f"{stem}.jsonl",
    }
    folder.write(f"{stem}.jsonl", b"".join(json_of(envelope) + b"\n" for envelope in envelopes))
    events: list[CallEvent] = []
    try:
        events = [envelope.event() for envelope in envelopes]
        folder.write(f"{stem}.txt", as_text(transcribe(events)).encode())
        folder.write(f"{stem}.summary.txt", summary_text(summarize_call(events)).encode())
    except RecordError as fault:
        faults.append(f"{row.call}: no transcript, because {fault}")
    if row.recording and recordings_dir is not None:
        faults += _export_recording(folder, stem, row, events, recordings_dir)
    return faults


def _export_recording(
    folder: _Folder, stem: str, row: CallRow, events: Sequence[CallEvent], recordings_dir: Path
) -> list[str]:
    source = find_recording(recordings_dir, row.call)
    if source is None:
        return [f"{row.call}: its recording {row.recording} is missing"]
    name = f"{stem}{source.suffix}"
    folder.copy(name, source)
    folder.write(f"{stem}.markers.json", markers_json(markers_of(events)))
    entry = folder.calls[row.call]
    assert isinstance(entry, dict)
    entry["recording"] = name
    fault = recording_fault(folder.root / name, events)
    return [f"{row.call}: {fault}"] if fault else []


def json_of(envelope: Envelope) -> bytes:
    """An envelope as one line of canonical JSON, from which ``envelope_from`` rebuilds its every byte."""
    values = {name: getattr(envelope, name) for name in FIELDS}
    try:
        body = json.loads(envelope.body)
        readable = envelope.body_codec == "plain" and canonical(body) == envelope.body
    except ValueError:
        readable = False
    if readable:
        values["body"] = body
    else:
        del values["body"]
        values["body_base64"] = base64.b64encode(envelope.body).decode()
    return canonical(values)


def envelope_from(line: bytes) -> Envelope:
    """Undo ``json_of``. Raises RecordError."""
    try:
        values: dict[str, Any] = json.loads(line)
        if "body_base64" in values:
            values["body"] = base64.b64decode(values.pop("body_base64"))
        else:
            values["body"] = canonical(values["body"])
        return Envelope(**values)
    except (ValueError, TypeError, KeyError) as why:
        raise RecordError("a line is no event") from why


def _cells(row: CallRow) -> list[str]:
    return [
        row.call, row.line, row.carrier, row.caller, row.called, row.started_at.isoformat(),
        row.ended_at.isoformat() if row.ended_at else "",
        "" if row.duration_ms is None else str(row.duration_ms), row.disposition, row.reason,
    ]  # fmt: skip


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[_no_formula(cell) for cell in line] for line in lines])
    return out.getvalue().encode()


def _no_formula(cell: str) -> str:
    """A cell no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def verify_export(out: Path) -> Exported:
    """Check every file, every chain, and that nothing was added or taken away. Raises RecordError."""
    try:
        files, calls = _manifest(json.loads((out / MANIFEST).read_text()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        raise RecordError(f"{out} has no readable {MANIFEST}: it is no export, or it was damaged") from why
    faults = []
    there = {path.name for path in out.iterdir()} - {MANIFEST}
    faults += [f"{name}: not in the manifest" for name in sorted(there - set(files))]
    for name, digest in sorted(files.items()):
        if name not in there:
            faults.append(f"{name}: missing")
        elif digest_of(out / name) != digest:
            faults.append(f"{name}: its content was changed")
    events = 0
    for call, listed in sorted(calls.items()):
        fault, count = _check_call(out, listed)
        events += count
        faults += [f"{call}: {fault}"] if fault else []
    return Exported(len(calls), events, len(files), tuple(faults))


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the manifest says of a call."""

    events: int
    last_leaf: str
    file: str
    recording: str
    """its name; empty where there is none"""


def _manifest(read: Any) -> tuple[dict[str, str], dict[str, _Listed]]:
    """SHA-256 by file, and the calls. Raises ValueError, KeyError, TypeError or AttributeError where it is none."""
    files = {str(name): str(told["sha256"]) for name, told in read["files"].items()}
    calls = {
        str(call): _Listed(
            int(told["events"]), str(told["last_leaf"]), str(told["file"]), str(told.get("recording", ""))
        )
        for call, told in read["calls"].items()
    }
    return files, calls


def _check_call(out: Path, listed: _Listed) -> tuple[str, int]:
    try:
        path = out / Path(listed.file).name
        envelopes = [envelope_from(line) for line in path.read_bytes().splitlines()]
        count = verify(envelopes)
    except (OSError, RecordError) as fault:
        return str(fault) if isinstance(fault, RecordError) else "its events are missing", 0
    leaf = envelopes[-1].leaf if envelopes else ""
    if (count, leaf) != (listed.events, listed.last_leaf):
        return "the chain does not end where the manifest says", count
    recording = out / Path(listed.recording).name
    if recording.is_file():
        return recording_fault(recording, _readable(envelopes)), count
    return "", count


def _readable(envelopes: Sequence[Envelope]) -> list[CallEvent]:
    events = []
    for envelope in envelopes:
        try:
            events.append(envelope.event())
        except (RecordError, ValueError):
            continue  # written by another release; its place in the chain is checked all the same
    return events
