"""Changes of behaviour that are meant: declared beforehand, with a reason, so that a replay names only the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from calls.codec import to_json
from calls.errors import ConfigurationError
from calls.events import EventBody
from workflows.language.nodes import compose


@dataclass(frozen=True, slots=True)
class Allowance:
    """One kind of change."""

    reason: str
    event: str = ""
    """name of the recorded event, or of the one that takes its place; empty: any"""
    where: Mapping[str, str] | None = None
    """fields of that event, by dotted path; ``clauses.line`` looks at each clause"""
    call: str = ""

    def covers(self, call: str, recorded: EventBody | None, now: EventBody | None) -> bool:
        """Whether this change was declared."""
        if self.call and self.call != call:
            return False
        return any(body is not None and self._fits(body) for body in (recorded, now))

    def _fits(self, body: EventBody) -> bool:
        if self.event and body.name != self.event:
            return False
        fields = to_json(body)
        return all(value in _found(fields, path.split(".")) for path, value in (self.where or {}).items())


def _found(value: object, path: list[str]) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _found(item, path)]
    if not path:
        return [str(value)]
    return _found(value.get(path[0]), path[1:]) if isinstance(value, dict) else []


def load_allowances(path: Path) -> list[Allowance]:
    """Read ``changes: [{event, where, call, reason}]``. Raises ScriptError, ConfigurationError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as why:
        raise ConfigurationError(f"{path}: cannot be read ({why.strerror}); name a YAML file with changes:") from why
    found = []
    for item in compose(text, str(path)).fields("a declaration", ("changes",)).need("changes").items("changes"):
        fields = item.fields("a change", ("event", "where", "call", "reason"))
        where, event, call = fields.get("where"), fields.get("event"), fields.get("call")
        found.append(
            Allowance(
                reason=fields.need("reason").text("reason"),
                event=event.text("event") if event else "",
                where={k: v.text(k) for k, v in where.fields("where").found.items()} if where else None,
                call=call.text("call") if call else "",
            )
        )
    return found
