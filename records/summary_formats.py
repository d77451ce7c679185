"""A call's summary for people, and for programs."""

from __future__ import annotations

from calls.codec import JsonValue
from records.summary import Agreed, CallSummary, Pairs, Unsettled

NOTHING = "Nothing was agreed."


def summary_text(summary: CallSummary) -> str:
    """A few lines of plain text, each a statement; ends with a line break."""
    return "\n".join(f"{name}: {words}" for name, words in summary_lines(summary)) + "\n"


def summary_lines(summary: CallSummary) -> list[tuple[str, str]]:
    """The same as names and statements. What there is nothing to say of stays out, but for what was agreed."""
    lines = [("About", _words(", ".join(summary.reasons)) or "nothing that was understood")]
    lines += [("Agreed", _agreed(one)) for one in summary.agreed] or [("Agreed", NOTHING)]
    lines += [("Open", _open(one)) for one in summary.unsettled]
    for proof in summary.verified:
        by = f" ({_words(', '.join(proof.by))})" if proof.by else ""
        lines.append(("Verified", f"as the owner of a {proof.record}, by {_words(proof.level)}{by}"))
    if summary.failed_proofs:
        times = "once" if summary.failed_proofs == 1 else f"{summary.failed_proofs} times"
        lines.append(("Not verified", times))
    if summary.dangers:
        lines.append(("Danger", _words(", ".join(summary.dangers))))
    if summary.handed_over:
        lines.append(("Handed over", _words(summary.handed_over)))
    if summary.orders:
        lines.append(("Supervisor", f"{summary.orders} order(s) carried out"))
    lines += [(_words(name).capitalize(), str(value)) for name, value in summary.noted.items()]
    if summary.survey:
        lines.append(("Survey", summary.survey))
    filed = _words(summary.disposition) if summary.disposition else "not filed"
    ended = f", {_words(summary.ended_by)}" if summary.ended_by else ""
    lines.append(("Filed as", f"{filed}{ended}" if summary.ended else "still going on"))
    return lines


def summary_json(summary: CallSummary) -> dict[str, JsonValue]:
    """For programs. Only ``fields`` may name people: they are what the scripts were told to keep."""
    return {
        "reasons": list(summary.reasons),
        "agreed": [
            {
                "action": one.action,
                "result": dict(one.result),
                "receipt": one.receipt,
                "taken_back": one.taken_back,
            }
            for one in summary.agreed
        ],
        "open": [{"what": one.what, "why": one.why, "number": one.number} for one in summary.unsettled],
        "verified": [
            {"record": one.record, "level": one.level, "by": list(one.by)} for one in summary.verified
        ],
        "failed_proofs": summary.failed_proofs,
        "dangers": list(summary.dangers),
        "handed_over": summary.handed_over,
        "orders": summary.orders,
        "survey": summary.survey,
        "fields": dict(summary.noted),
    }


def _agreed(one: Agreed) -> str:
    words = f"{_words(one.action)}{_result(one.result)}, receipt {one.receipt[:16]}"
    return f"{words}; taken back again" if one.taken_back else words


def _result(pairs: Pairs) -> str:
    return "".join(f", {_words(name)} {value}" for name, value in pairs)


def _open(one: Unsettled) -> str:
    number = f" {one.number}" if one.number else ""
    return f"{_words(one.what)}{number}: {_words(one.why)}"


def _words(name: str) -> str:
    return name.replace("_", " ")
