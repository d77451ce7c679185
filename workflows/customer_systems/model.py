"""HTTP actions as values: where they go, what is sent, and what the answer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.catalogue import ActionSpec

SECRET_PREFIX = "SYSTEM_"
"""Environment variables a system may be given begin so: no other secret of the house can be named by mistake."""

READ_MS = 3_000
WRITE_MS = 10_000
RING_MS = 700
MAX_REPLY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class System:
    """Somebody's service. Only its host is ever connected to."""

    name: str
    base: str
    """URL without query, ending in a slash"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """may hold ``{secret.NAME}``"""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the environment variables it needs."""
        from workflows.customer_systems.templates import gaps

        found = [name for text in self.headers.values() for name in gaps(text) if name.startswith("secret.")]
        return tuple(dict.fromkeys(name.removeprefix("secret.") for name in found))


@dataclass(frozen=True, slots=True)
class RefusedWhen:
    """When an answer means a refusal: at a status, or by a value in its JSON."""

    code: str
    statuses: tuple[int, ...] = ()
    at: tuple[str, ...] = ()
    """keys on the way into the JSON; empty: only the status counts"""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A fact, or a field of a receipt, in an answer."""

    name: str
    kind: str
    """one of ``spoken``, or ``list of KIND``"""
    at: tuple[str, ...]
    """keys on the way into the JSON"""


@dataclass(frozen=True, slots=True)
class HttpAction:
    """One action of the catalogue that is done over HTTP."""

    spec: ActionSpec
    system: System
    method: str
    path: str
    """below the system's base; gaps are percent-encoded"""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    """sent as a JSON object; a text that is one gap keeps the argument's type"""
    results: tuple[Result, ...] = ()
    refusals: tuple[RefusedWhen, ...] = ()
    timeout_ms: int = READ_MS


@dataclass(frozen=True, slots=True)
class Systems:
    """Everything in the file."""

    actions: Mapping[str, HttpAction] = field(default_factory=dict)

    def refuse_ring(self, name: str, line: str) -> str:
        """Why ``name`` cannot be looked up at ring on ``line``; empty when it can."""
        action = self.actions.get(name)
        if action is None:
            return f"line {line}: at_ring names {name!r}, which is no HTTP action; add it to the file of systems"
        kinds = list(action.spec.arguments.values())
        if action.spec.writes or kinds != ["phone"]:
            return f"line {line}: at_ring {name!r} has to be a look-up with one argument, of the kind phone"
        return ""

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """What scripts are told."""
        return tuple(action.spec for action in self.actions.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the environment variables that are needed."""
        return tuple(dict.fromkeys(name for action in self.actions.values() for name in action.system.secrets))
