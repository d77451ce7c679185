"""What became of a call, in a few lines: composed from its events, without a model. Folding them again gives the same.

Nothing here is guessed. What was agreed has a receipt; what is open was asked for and has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from calls import events as ev
from calls.commands import Value

LEFT = ("leave_callback", "leave_message", "open_ticket", "join_wait_list")
"""Actions whose receipt means work for somebody."""

TAKES_BACK = "take_back"
SETTLED_NOTHING = ("", "abandoned", "silent", "time_up", "fault")
"""Ways a call is filed in which nothing was settled."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Something that was done, with its receipt."""

    action: str
    result: Pairs
    receipt: str
    """SHA-256, hex"""
    taken_back: bool = False
    """undone in the same call"""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Something somebody may have to see to."""

    what: str
    """an action, a script, or ``hand_over``"""
    why: str
    """``to_be_done``; the code of a refusal; ``no_answer``; ``not_finished``"""
    number: str = ""
    """of what was left to be done"""


@dataclass(frozen=True, slots=True)
class Proof:
    """Who the caller proved to be: how, never with what."""

    record: str
    """``booking`` or ``customer``"""
    level: str
    """``code | facts | one_time_code``"""
    by: tuple[str, ...]
    """the slots that proved it"""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call, summed up."""

    call: str = ""
    line: str = ""
    answered_at: str = ""
    """ISO 8601, UTC"""
    duration_ms: float = 0.0
    ended: bool = False
    ended_by: str = ""
    disposition: str = ""
    reasons: tuple[str, ...] = ()
    """what it was about: the scripts, in the order in which they came"""
    agreed: tuple[Agreed, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    verified: tuple[Proof, ...] = ()
    failed_proofs: int = 0
    dangers: tuple[str, ...] = ()
    handed_over: str = ""
    """empty, ``requested``, ``answered``, or why nobody took it"""
    orders: int = 0
    """orders of supervisors that were carried out"""
    noted: Mapping[str, Value] = field(default_factory=dict)
    """the fields the scripts keep of their calls, as they were typed"""
    survey: str = ""
    """the score the caller gave"""


@dataclass(slots=True)
class _Fold:
    head: CallSummary = field(default_factory=CallSummary)
    agreed: dict[str, Agreed] = field(default_factory=dict)
    asked: dict[str, ev.ActionRequested] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """action -> refusal, while nothing of its kind was done after it"""
    noted: dict[str, Value] = field(default_factory=dict)
    outcome: str = ""
    """as the scripts call it; a line may file it under another name"""
    last_ms: float = 0.0

    def put(self, **changes: Any) -> None:
        self.head = replace(self.head, **changes)


def summarize_call(events: Iterable[ev.CallEvent], case: Iterable[ev.CallEvent] = ()) -> CallSummary:
    """Sum up ``events`` (in order, from the first). ``case``: what came to the call's case stream after its end."""
    fold = _Fold()
    for event in events:
        fold.last_ms = max(fold.last_ms, event.at_ms)
        _add(fold, event.body)
    for event in case:
        _add(fold, event.body)
    head = fold.head
    return replace(
        head,
        duration_ms=head.duration_ms if head.ended else fold.last_ms,
        agreed=tuple(fold.agreed.values()),
        unsettled=tuple(_unsettled(fold)),
        noted=dict(sorted(fold.noted.items())),
    )


def _add(fold: _Fold, body: ev.EventBody) -> None:
    step = _STEPS.get(type(body))
    if step is not None:
        step(fold, body)


def _unsettled(fold: _Fold) -> Iterable[Unsettled]:
    for done in fold.agreed.values():
        if done.action in LEFT and not done.taken_back:
            yield Unsettled(done.action, "to_be_done", dict(done.result).get("number", ""))
    for request in fold.asked.values():
        if request.writes:
            yield Unsettled(request.action, "no_answer")
    done_actions = {done.action for done in fold.agreed.values() if not done.taken_back}
    for action, refusal in fold.refused.items():
        if action not in done_actions:
            yield Unsettled(action, refusal)
    if fold.head.handed_over not in ("", "answered"):
        yield Unsettled("hand_over", "no_answer" if fold.head.handed_over == "requested" else fold.head.handed_over)
    outcome = fold.outcome or fold.head.disposition
    if fold.head.ended and outcome in SETTLED_NOTHING and fold.head.reasons:
        yield Unsettled(fold.head.reasons[-1], "not_finished")


# --- one function for each event that counts ----------------------------------------------------------


def _answered(fold: _Fold, body: ev.CallAnswered) -> None:
    fold.put(call=body.call, line=body.line, answered_at=body.answered_at)


def _ended(fold: _Fold, body: ev.CallEnded) -> None:
    fold.put(ended=True, ended_by=body.reason, disposition=body.disposition, duration_ms=body.duration_ms)


def _started(fold: _Fold, body: ev.WorkflowStarted | ev.WorkflowCalled) -> None:
    if body.script not in fold.head.reasons:
        fold.put(reasons=(*fold.head.reasons, body.script))


def _requested(fold: _Fold, body: ev.ActionRequested) -> None:
    fold.asked[body.key] = body
    if body.action == "record_survey":
        fold.put(survey=str(body.arguments.get("score", "")))


def _committed(fold: _Fold, body: ev.ActionCommitted) -> None:
    receipt = body.receipt
    fold.asked.pop(receipt.key, None)
    fold.refused.pop(receipt.action, None)
    fold.agreed[receipt.key] = Agreed(receipt.action, _pairs(receipt.result), receipt.digest)
    if receipt.action == TAKES_BACK:
        for key, done in fold.agreed.items():
            if _number(done.result) == str(receipt.result.get("number", "-")) and done.action != TAKES_BACK:
                fold.agreed[key] = replace(done, taken_back=True)


def _found(fold: _Fold, body: ev.ActionAnswered) -> None:
    fold.asked.pop(body.key, None)
    fold.refused.pop(body.action, None)


def _refused(fold: _Fold, body: ev.ActionRefused) -> None:
    request = fold.asked.pop(body.key, None)
    if request is not None and request.writes:
        fold.refused[body.action] = body.refusal


def _verified(fold: _Fold, body: ev.CallerVerified) -> None:
    proof = Proof(body.subject.partition(":")[0], body.level, body.by)
    if proof not in fold.head.verified:
        fold.put(verified=(*fold.head.verified, proof))


def _not_verified(fold: _Fold, body: ev.VerificationFailed) -> None:
    fold.put(failed_proofs=fold.head.failed_proofs + 1)


def _danger(fold: _Fold, body: ev.DangerHeard) -> None:
    if body.kind not in fold.head.dangers:
        fold.put(dangers=(*fold.head.dangers, body.kind))


def _handing(fold: _Fold, body: ev.HandoverRequested) -> None:
    fold.put(handed_over="requested")


def _taken(fold: _Fold, body: ev.HandoverAnswered) -> None:
    fold.put(handed_over="answered")


def _missed(fold: _Fold, body: ev.HandoverFailed) -> None:
    fold.put(handed_over=body.status.replace("-", "_"))


def _ordered(fold: _Fold, body: ev.OrderAccepted) -> None:
    fold.put(orders=fold.head.orders + 1)


def _noted(fold: _Fold, body: ev.CallNoted) -> None:
    fold.noted[body.field] = body.value


def _filed(fold: _Fold, body: ev.OutcomeReached) -> None:
    fold.outcome = body.outcome
    if not fold.head.ended:
        fold.put(disposition=body.outcome)


def _number(result: Pairs) -> str:
    pairs = dict(result)
    return pairs.get("number") or pairs.get("code") or ""


def _pairs(values: Mapping[str, Value]) -> Pairs:
    return tuple((name, str(values[name])) for name in sorted(values))


_STEPS: dict[type[ev.Body], Callable[[_Fold, Any], None]] = {
    ev.CallAnswered: _answered,
    ev.CallEnded: _ended,
    ev.WorkflowStarted: _started,
    ev.WorkflowCalled: _started,
    ev.ActionRequested: _requested,
    ev.ActionCommitted: _committed,
    ev.ActionAnswered: _found,
    ev.ActionRefused: _refused,
    ev.CallerVerified: _verified,
    ev.VerificationFailed: _not_verified,
    ev.DangerHeard: _danger,
    ev.HandoverRequested: _handing,
    ev.HandoverAnswered: _taken,
    ev.HandoverFailed: _missed,
    ev.OrderAccepted: _ordered,
    ev.CallNoted: _noted,
    ev.OutcomeReached: _filed,
}
