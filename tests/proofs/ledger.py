"""What was proved already, by commit: a run that was interrupted goes on where it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.proofs.commands import PROJECT
from tests.proofs.steps import Finding

Kept = dict[str, dict[str, list[dict[str, Any]]]]
"""version -> step -> its findings"""
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
    """Findings by version and step. Several runs may share it, each with steps of its own."""

    def __init__(self, path: Path = KEPT) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def find(self, of: str, step: str) -> list[Finding] | None:
        """None when this step has not been run at this version."""
        kept = self._read().get(of, {}).get(step)
        return None if kept is None else [Finding(**finding) for finding in kept]

    def newest(self, step: str) -> tuple[str, list[Finding]] | None:
        """What was found last on the way to this commit, and at which one; never with uncommitted changes."""
        known = self._read()
        commits = _git("rev-list", "--abbrev-commit", "--abbrev=12", "HEAD").split()
        found = next((commit for commit in commits if step in known.get(commit, {})), None)
        return None if found is None else (found, [Finding(**finding) for finding in known[found][step]])

    def keep(self, of: str, step: str, findings: Sequence[Finding]) -> None:
        """At once, so that nothing is run twice."""
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self._read()
            known.setdefault(of, {})[step] = [asdict(finding) for finding in findings]
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
            fresh.replace(self._path)

    def _read(self) -> Kept:
        try:
            known: Kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known
