"""Scripts as files: read again when they change, and kept as they were when a change cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workflows.language.loader import load_script
from workflows.language.model import Script
from workflows.language.nodes import Problem, ScriptError
from workflows.language.scripts import SHIPPED, ScriptSet, script_files

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]
"""(mtime in ns, bytes, inode): editors write a new file, or the same one"""


@dataclass(frozen=True, slots=True)
class _Copy:
    stamp: Stamp
    script: Script | None
    """None: the file was never good"""
    content: str
    """what ``script`` was read from"""


class WorkingCopies:
    """The shipped folder and the user's own, whose scripts take the place of shipped ones with their name.

    ``refresh()`` reads what has changed since. A file with errors keeps its last good version, and its complaint is
    logged once. Raises ScriptError when they cannot be used at the start.
    """

    def __init__(self, own: Path | None, shipped: Path = SHIPPED) -> None:
        self._folders = (shipped, own)
        self._copies: dict[Path, _Copy] = {}
        self._told: set[str] = set()
        self._faults: dict[Path, ScriptError] = {}
        self._together: ScriptError | None = None
        self._read()
        for fault in self._faults.values():
            raise fault
        _no_twins(self._copies, own)
        self.scripts = ScriptSet.of(self._by_name().values())

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the files just now: FILE:LINE: reason; fix."""
        faults = [*self._faults.values(), *([self._together] if self._together else [])]
        return tuple(str(problem) for fault in faults for problem in fault.problems)

    @property
    def contents(self) -> Mapping[str, str]:
        """Name -> text of every script in use."""
        return {copy.script.name: copy.content for copy in self._copies.values() if copy.script is not None}

    def refresh(self) -> tuple[Script, ...]:
        """The scripts that have changed for the better since last time. A few ms when none has; call in a thread."""
        if not self._read():
            return ()
        now = self._by_name()
        before = self.scripts.scripts
        changed = tuple(script for name, script in now.items() if before.get(name) != script)
        if not changed and now.keys() == before.keys():
            return ()
        kept = [*self.scripts.older.values(), *(s for n, s in before.items() if now.get(n) != s)]
        self._together = None
        try:
            _no_twins(self._copies, self._folders[1])
            self.scripts = ScriptSet.of(now.values(), kept)
        except ScriptError as why:
            # One names another that is not there: none of them can be used alone.
            self._together = why
            self._complain()
            return ()
        return changed

    def _read(self) -> bool:
        """Look at every file; True when one has changed, come or gone."""
        found = dict(self._stamps())
        gone = self._copies.keys() - found.keys()
        fresh = [path for path, stamp in found.items() if path not in self._copies or self._copies[path].stamp != stamp]
        if not gone and not fresh:
            return False
        for path in gone:
            del self._copies[path]
            self._faults.pop(path, None)
        for path in fresh:
            self._load(path, found[path])
        self._complain()
        return True

    def _stamps(self) -> Iterable[tuple[Path, Stamp]]:
        for folder in self._folders:
            for path in script_files(folder):
                try:
                    state = path.stat()
                except OSError:
                    continue  # gone between two looks
                yield path, (state.st_mtime_ns, state.st_size, state.st_ino)

    def _load(self, path: Path, stamp: Stamp) -> None:
        before = self._copies.get(path)
        try:
            script = load_script(path)
            content = path.read_text(encoding="utf-8")
        except ScriptError as why:
            self._copies[path] = _Copy(stamp, before.script if before else None, before.content if before else "")
            self._faults[path] = why
            return
        except (OSError, UnicodeDecodeError):
            return  # written at this very moment: it will be looked at again
        self._faults.pop(path, None)
        self._copies[path] = _Copy(stamp, script, content)

    def _by_name(self) -> dict[str, Script]:
        # The user's own come last, and win.
        order = sorted(self._copies.items(), key=lambda item: (item[0].parent != self._folders[0], item[0]))
        return {copy.script.name: copy.script for _, copy in order if copy.script is not None}

    def _complain(self) -> None:
        for complaint in self.complaints:
            if complaint not in self._told:
                self._told.add(complaint)
                log.error("a script cannot be used as it is now, its last good version goes on: %s", complaint)


def _no_twins(copies: Mapping[Path, _Copy], own: Path | None) -> None:
    """Raises ScriptError when two files of the user's folder hold a script of one name."""
    seen: dict[str, Path] = {}
    for path, copy in copies.items():
        if copy.script is None or path.parent != own:
            continue
        if copy.script.name in seen:
            reason = f"{seen[copy.script.name].name} holds the script {copy.script.name!r} too"
            raise ScriptError([Problem(path.name, 1, reason, "rename one", "script-twice")])
        seen[copy.script.name] = path
