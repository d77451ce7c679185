"""What was proved already, by commit: a run that was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.proofs.commands import PROJECT
from tests.proofs.steps import Finding

KEPT = PROJECT / "var" / "proof.json"


def version() -> str:
    """The commit; with uncommitted changes, a digest of them behind it."""
    commit = _git("rev-parse", "--short=12", "HEAD").strip()
    changed = _git("diff", "HEAD", "--", ".", ":!docs/proof.md")
    return commit + (f"+{hashlib.sha256(changed.encode()).hexdigest()[:8]}" if changed else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise SystemExit(f"proofs are kept by commit, but git says: {done.stderr.strip()}")
    return done.stdout


class Ledger:
    """Findings by version and step."""

    def __init__(self, path: Path = KEPT) -> None:
        self._path = path
        try:
            self._all = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            self._all = {}

    def find(self, of: str, step: str) -> list[Finding] | None:
        """None when this step has not been run at this version."""
        kept = self._all.get(of, {}).get(step)
        return None if kept is None else [Finding(**finding) for finding in kept]

    def keep(self, of: str, step: str, findings: Sequence[Finding]) -> None:
        """At once, so that nothing is run twice."""
        self._all.setdefault(of, {})[step] = [asdict(finding) for finding in findings]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._all, indent=1), encoding="utf-8")
