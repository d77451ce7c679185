"""Which scripts a call gets: implements the port ``Scripts``.

Published versions come before files, and files are read again when they change: both count for the next call. A call
stays on the versions it began with, whichever process takes it up: every text that took calls is kept in Postgres.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.line import IncomingCall, Line
from calls.phrases import clauses_of
from calls.ports import Director
from calls.state import CallState
from switchboard.working_copies import WorkingCopies
from workflows.advance import ScriptDirector
from workflows.language.loader import read_script
from workflows.language.model import Script
from workflows.language.nodes import ScriptError, suggestion
from workflows.language.paths import lines_of
from workflows.language.scripts import ScriptSet
from workflows.versions.store import Release, VersionStore, digest_of
from workflows.versions.traffic import pick

STORE_S = 0.5
"""A caller is waiting: with a database slower than this, what counted last time counts again."""
OLD_S = 3.0
"""The same for a version a call began with: its absence would make the caller begin again."""
SETS_KEPT = 64
"""Combinations of versions that are ready to use."""
LOOK_MS = 1_000.0
"""Between two looks at the files while no call comes, so that a new line is voiced before it is wanted."""

Voice = Callable[[Sequence[str]], Awaitable[object]]
"""Makes fixed words ready."""

log = logging.getLogger(__name__)


class FixedScripts:
    """The same scripts for every call: for rehearsals and scenes."""

    def __init__(self, scripts: ScriptSet) -> None:
        self._scripts = scripts

    async def director(self, line: Line, _incoming: IncomingCall, _state: CallState) -> Director:
        """The line's script, of this set."""
        return ScriptDirector(self._scripts, line.script)


class LiveScripts:
    """Grammar: start(); then director() for each media socket, and run() beside them until cancelled."""

    def __init__(self, copies: WorkingCopies, store: VersionStore, clock: Clock, voice: Voice) -> None:
        self._copies = copies
        self._store = store
        self._clock = clock
        self._voice = voice
        self._reading = asyncio.Lock()
        self._releases: Mapping[str, Release] = {}
        self._fresh: dict[str, Release] = {}
        """published since the last look between calls"""
        self._known: dict[tuple[str, str], Script | None] = {}
        self._sets: OrderedDict[tuple[int, frozenset[tuple[str, str]]], ScriptSet] = OrderedDict()
        self._unvoiced: asyncio.Queue[Script] = asyncio.Queue()

    @property
    def copies(self) -> WorkingCopies:
        """The files."""
        return self._copies

    async def start(self) -> None:
        """Keep the files' texts and learn what is published. Raises when Postgres does not answer."""
        await self._keep(self._copies.scripts.scripts.values())
        self._releases = await self._store.current()

    def refuse_missing(self, lines: Iterable[Line]) -> None:
        """Raises ConfigurationError when a line begins with a script that is neither a file nor published."""
        names = self._copies.scripts.scripts.keys() | self._releases.keys()
        for line in lines:
            if line.script not in names:
                fix = suggestion(line.script, sorted(names))
                raise ConfigurationError(f"line {line.id} wants script {line.script!r}, which is not there; {fix}")

    async def director(self, line: Line, incoming: IncomingCall, state: CallState) -> Director:
        """The line's script in the version this call has, or gets."""
        await self._look()
        await self._ask()
        picks = {name: pick(release, incoming.call) for name, release in self._releases.items()}
        began = _began_with(state)
        scripts = await self._together(picks, began)
        return ScriptDirector(scripts, line.script)

    async def run(self) -> None:
        """Look for changes and voice their lines beforehand, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._voice_changes())
            while True:
                await self._clock.sleep_ms(LOOK_MS)
                await self._look()
                await self._ask()
                await self._queue_published()

    # --- what counts ----------------------------------------------------------------------------------

    async def _look(self) -> None:
        async with self._reading:
            before = self._copies.scripts
            changed = await asyncio.to_thread(self._copies.refresh)
            if self._copies.scripts is before:
                return
            log.info("scripts were read again: %s", ", ".join(sorted(script.name for script in changed)))
            self._sets.clear()
            try:
                async with asyncio.timeout(STORE_S):
                    await self._keep(changed)
            except Exception as why:
                # A call on this text cannot be taken up elsewhere as it was; it is taken up on a newer one.
                log.warning("a script's text could not be kept (%s)", type(why).__name__)
            for script in changed:
                self._unvoiced.put_nowait(script)

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(STORE_S):
                releases = await self._store.current()
        except Exception as why:
            log.warning("published versions cannot be read (%s); those known last hold", type(why).__name__)
            return
        # Whoever learns of them first, a call or the look between calls: they are voiced all the same.
        self._fresh |= {name: r for name, r in releases.items() if r != self._releases.get(name)}
        self._releases = releases

    async def _queue_published(self) -> None:
        fresh, self._fresh = self._fresh, {}
        for name, release in fresh.items():
            for digest in filter(None, (release.digest, release.other)):
                script = await self._script(name, digest)
                if script is not None:
                    self._unvoiced.put_nowait(script)

    async def _keep(self, scripts: Iterable[Script]) -> None:
        contents = self._copies.contents
        for script in scripts:
            text = contents.get(script.name, "")
            if digest_of(text) == script.digest:
                await self._store.keep(script.name, text, script.file, self._clock.wall())

    # --- putting together -----------------------------------------------------------------------------

    async def _together(self, picks: Mapping[str, str], began: frozenset[tuple[str, str]]) -> ScriptSet:
        base = self._copies.scripts
        key = (id(base), began | {("published", f"{name}/{digest}") for name, digest in picks.items()})
        known = self._sets.get(key)
        if known is not None:
            self._sets.move_to_end(key)
            return known
        published = [await self._script(name, digest) for name, digest in picks.items()]
        newer = [script for script in published if script is not None and base.scripts.get(script.name) != script]
        scripts = _joined(base, newer) if newer else base
        missing = [version for version in sorted(began) if not scripts.has(*version)]
        older = [script for version in missing if (script := await self._script(*version, wait_s=OLD_S)) is not None]
        if older:
            kept = {**scripts.older, **{(script.name, script.digest): script for script in older}}
            scripts = ScriptSet(scripts.scripts, kept)
        read = all(version in self._known for version in (*picks.items(), *missing))
        if read and base is self._copies.scripts:
            # What could not be read just now is asked for again by the next call.
            self._sets[key] = scripts
        while len(self._sets) > SETS_KEPT:
            self._sets.popitem(last=False)
        return scripts

    async def _script(self, name: str, digest: str, wait_s: float = STORE_S) -> Script | None:
        """A version by its digest; None when it is nowhere, or cannot be read by this release."""
        if (name, digest) in self._known:
            return self._known[name, digest]
        try:
            async with asyncio.timeout(wait_s):
                version = await self._store.version(name, digest)
        except Exception as why:
            log.warning("version %s of %s cannot be read (%s)", digest[:8], name, type(why).__name__)
            return None
        script = None
        if version is not None:
            try:
                script = await asyncio.to_thread(read_script, version.content, f"{name}@{digest[:8]}")
            except ScriptError as why:
                log.error("version %s of %s is not understood by this release: %s", digest[:8], name, why)
        self._known[name, digest] = script
        return script

    # --- words ----------------------------------------------------------------------------------------

    async def _voice_changes(self) -> None:
        """One script after the other: a call's own words come first, whoever changes what meanwhile."""
        said = {text for script in self._copies.scripts.scripts.values() for text in fixed_words(script)}
        while True:
            script = await self._unvoiced.get()
            fresh = [text for text in fixed_words(script) if text not in said]
            said.update(fresh)
            try:
                await self._voice(fresh)
            except Exception as why:
                # They are voiced when they are wanted instead, a little later.
                log.warning("changed lines could not be voiced beforehand (%s)", type(why).__name__)


def _began_with(state: CallState) -> frozenset[tuple[str, str]]:
    """The versions on a call's record that it may still need."""
    run = state.run
    frames = [(frame.script, frame.version) for frame in run.frames]
    return frozenset((name, digest) for name, digest in [(run.script, run.version), *frames] if name and digest)


def _joined(scripts: ScriptSet, newer: Sequence[Script]) -> ScriptSet:
    """``scripts`` with all of ``newer``, which may name each other; with as many as can be used if not all can."""
    try:
        return scripts.replacing(newer)
    except ScriptError:
        for script in newer:
            try:
                scripts = scripts.replacing([script])
            except ScriptError as why:
                log.error("a published version cannot be used beside the other scripts: %s", why)
        return scripts


def fixed_words(script: Script) -> Iterator[str]:
    """The sentences of a script that are the same in every call."""
    lines = [line for step in script.steps.values() for line in lines_of(step)]
    lines += [topic.answer for topic in script.topics.values()]
    lines += script.wording.values()
    for line in lines:
        if not line.places:
            yield from clauses_of(line.words)
