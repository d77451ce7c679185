"""The speech gate of each line: its own policy, its persona's words, and the instructions nobody may hear."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from agent.guardrail.gate import RuleGuardrail
from agent.guardrail.policy import Policy, default_policy, find_policy
from agent.guardrail.rules import unsaid
from agent.thinking.prompt import STANDING
from calls.errors import ConfigurationError
from calls.line import Line


class Gates:
    """Makes a line's gate, and keeps it until its policy file changes."""

    def __init__(self, folder: Path, stopwatch: Callable[[], float] | None = None) -> None:
        """``folder``: where policies that lines name are looked for; that of ``lines.yaml``."""
        self._folder = folder
        self._stopwatch = stopwatch
        self._made: dict[tuple[str, tuple[str, ...], int], RuleGuardrail] = {}

    def of(self, line: Line) -> RuleGuardrail:
        """The gate of a call that comes in on ``line``. Raises ConfigurationError."""
        path = self._folder / line.policy
        stamp = path.stat().st_mtime_ns if line.policy and path.is_file() else 0
        key = (line.policy, line.persona.avoid, stamp)
        if key not in self._made:
            self._made[key] = gate_of(line, policy_of(line, self._folder), self._stopwatch)
        return self._made[key]

    def refuse_wrong(self, lines: Iterable[Line]) -> None:
        """Raises ConfigurationError for a line whose policy cannot be used, naming both."""
        for line in lines:
            try:
                self.of(line)
            except ConfigurationError as why:
                raise ConfigurationError(f"line {line.id}: {why}") from why


def policy_of(line: Line, folder: Path) -> Policy:
    """The policy a line names, or the default. Raises ConfigurationError."""
    return find_policy(line.policy, folder) if line.policy else default_policy()


def gate_of(line: Line, policy: Policy, stopwatch: Callable[[], float] | None = None) -> RuleGuardrail:
    """A gate for ``line`` under any policy."""
    return RuleGuardrail(policy=policy, own=unsaid(line.persona.avoid), hidden=STANDING, stopwatch=stopwatch)
