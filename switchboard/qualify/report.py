"""A qualification on a page, or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

from switchboard.qualify.measures import Measured
from switchboard.qualify.trial import Qualification

MOST_SHOWN = 10
_WEIGHTS = {3: "does harm", 2: "worse", 1: "differs", 0: "better"}


def as_text(found: Qualification, most: int = MOST_SHOWN) -> str:
    """For a person."""
    asked = found.asked
    head = [f"{asked.stage} of line {found.line}: {asked.candidate} against {asked.current}", ""]
    rows = [("", "candidate", "current", "limit", "")]
    rows += [
        (check.name, check.candidate, check.current, check.limit, "holds" if check.holds else "MISSED")
        for check in found.checks
    ]
    for name, quantile in (("latency p50", 0.5), ("latency p99", 0.99)):
        rows.append((name, _ms(found.candidate, quantile), _ms(found.current, quantile), "told only", ""))
    rows.append((f"USD per 1,000 {_pieces(found)}", _cost(found.candidate), _cost(found.current), "told only", ""))
    lines = head + _table(rows)
    lines += _counted("gate", found.candidate.blocked, found.current.blocked)
    lines += _counted("style dropped", found.candidate.dropped, found.current.dropped)
    lines += _counted("failures", _faults(found.candidate), _faults(found.current))
    lines += _divergences(found, most)
    lines += ["", "tried on:", *(f"  {one}" for one in found.material)]
    lines += ["sent:", *(f"  {one}" for one in found.sent)]
    lines += [f"prices: table of {found.prices}", "", _verdict(found)]
    return "\n".join(lines)


def _verdict(found: Qualification) -> str:
    missed = [check.name for check in found.checks if not check.holds]
    if not missed:
        return f"{found.asked.candidate} may take the place of {found.asked.current}."
    return f"{found.asked.candidate} may not take the place of {found.asked.current}: {', '.join(missed)}."


def _divergences(found: Qualification, most: int) -> list[str]:
    every = found.divergences
    if not every:
        return ["", "no divergences"]
    counts = Counter(_WEIGHTS[one.weight] for one in every)
    told = ", ".join(f"{counts[word]} {word}" for word in _WEIGHTS.values() if counts[word])
    lines = ["", f"{len(every)} divergences ({told}), worst first:"]
    for one in every[:most]:
        meant = f"; meant: {one.meant}" if one.meant is not None else ""
        lines += [f"  {_WEIGHTS[one.weight]}: {one.id} “{one.told}”"]
        lines += [f"      candidate: {one.candidate}; current: {one.current}{meant}"]
    if len(every) > most:
        lines.append(f"  ... and {len(every) - most} more; all of them with --json")
    return lines


def _table(rows: list[tuple[str, str, str, str, str]]) -> list[str]:
    wide = [max(len(row[column]) for row in rows) for column in range(5)]
    return [
        "  ".join(
            cell.ljust(width) if column in (0, 3, 4) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in rows
    ]


def _counted(what: str, candidate: Counter[str], current: Counter[str]) -> list[str]:
    told = [
        f"{whose}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common())
        for whose, counted in (("candidate", candidate), ("current", current))
        if counted
    ]
    return [f"{what}: {'; '.join(told)}"] if told else []


def _faults(measured: Measured) -> Counter[str]:
    return Counter(answer.failed for answer in measured.answers if answer.failed)


def _ms(measured: Measured, quantile: float) -> str:
    ms = measured.latency(quantile)
    return "-" if ms is None else f"{ms:.0f} ms"


def _cost(measured: Measured) -> str:
    return "no price known" if measured.usd_per_1000 is None else f"{measured.usd_per_1000:.3f}"


def _pieces(found: Qualification) -> str:
    return "utterances" if found.asked.stage == "hearing" else "clauses" if found.asked.stage == "speaking" else "turns"


def as_json(found: Qualification) -> str:
    """Everything, for a machine."""
    told = {
        "stage": found.asked.stage,
        "line": found.line,
        "qualified": found.qualified,
        "checks": [asdict(check) for check in found.checks],
        "candidate": _as_json(found.candidate),
        "current": _as_json(found.current),
        "divergences": [asdict(one) for one in found.divergences],
        "material": found.material,
        "sent": found.sent,
        "prices": found.prices,
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _as_json(measured: Measured) -> dict[str, object]:
    return {
        "provider": measured.provider,
        "answers": len(measured.answers),
        "right_percent": round(measured.share("right"), 2) if measured.known else None,
        "wrong_percent": round(measured.share("wrong"), 2) if measured.known else None,
        "failed_percent": round(measured.share("failed"), 2),
        "failures": dict(_faults(measured)),
        "gate_judged": measured.judged,
        "gate_blocked": dict(measured.blocked),
        "word_error_percent": round(measured.word_error, 2) if measured.words else None,
        "style_dropped": dict(measured.dropped),
        "latency_ms": {f"p{q}": measured.latency(q / 100) for q in (50, 95, 99)},
        "usd_per_1000": measured.usd_per_1000,
    }
