"""Script versions on a real Postgres: drafts, publishing, one step back, shares of the traffic, and who gets what."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.line import IncomingCall, Line
from calls.run import Run
from calls.state import CallState
from records.store import serve_as_app_role
from switchboard.scripts import LiveScripts
from switchboard.working_copies import WorkingCopies
from workflows.advance import ScriptDirector
from workflows.language.model import Script
from workflows.language.nodes import ScriptError
from workflows.language.scripts import SHIPPED, ScriptSet, shipped_scripts
from workflows.versions.publishing import Publisher, PublishRefused, diff
from workflows.versions.store import FILES, Release, Version, VersionStore, digest_of
from workflows.versions.traffic import share_of

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)
LINE = Line("desk", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")
BOOK = (SHIPPED / "book.yaml").read_text()


def edited(words: str) -> str:
    """The booking script with another title."""
    return BOOK.replace("title: a new appointment", f"title: {words}")


def run(database: str, scene: Callable[[VersionStore, AsyncEngine], Awaitable[None]]) -> None:
    async def main() -> None:
        engine = create_async_engine(database)
        serve_as_app_role(engine)
        try:
            await scene(VersionStore(engine), engine)
        finally:
            await engine.dispose()

    asyncio.run(main())


async def good(_scripts: ScriptSet, _script: Script) -> Sequence[str]:
    return ()


async def faulty(_scripts: ScriptSet, script: Script) -> Sequence[str]:
    return [f"{script.file}:3: no way out; add one", "scenario 'books' failed: expected booked"]


async def voiceless(_texts: Sequence[str]) -> None:
    return None


def test_a_draft_is_read_checked_and_kept_once(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        first = await store.draft(edited("one"), "book.yaml", "ana", "a try", NOW)
        again = await store.draft(edited("one"), "book.yaml", "ben", "the same", NOW)
        assert first == again and first.author == "ana" and first.digest == digest_of(edited("one"))
        with pytest.raises(ScriptError, match=r"book.yaml:\d+: "):
            await store.draft(BOOK.replace("steps:", "stops:"), "book.yaml", "ana", "a slip", NOW)
        for author, reason in (("", "why"), ("ana", " ")):
            with pytest.raises(ConfigurationError, match="--author and --reason"):
                await store.draft(edited("two"), "book.yaml", author, reason, NOW)
        assert [version.digest for version in await store.versions("book")] == [first.digest]

    run(fresh_database, scene)


@pytest.mark.parametrize("before", ["a file", "a draft"])
def test_the_newest_draft_is_the_one_drafted_last(fresh_database: str, before: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        if before == "a draft":
            await store.draft(edited("two"), "book.yaml", "ana", "a try", NOW)
        await store.draft(edited("one"), "book.yaml", "ben", "another", NOW)
        if before == "a file":
            await store.keep("book", edited("two"), "book.yaml", NOW)
        await store.draft(edited("two"), "book.yaml", "eve", "back to it", NOW)
        newest, named = await store.newest("book"), await store.version("book", digest_of(edited("two")))
        assert newest is not None and newest == named
        assert (newest.digest, newest.author, newest.reason) == (digest_of(edited("two")), "eve", "back to it")

    run(fresh_database, scene)


def test_a_file_that_takes_calls_is_kept_once(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        for _ in range(3):
            await store.keep("book", BOOK, "book.yaml", NOW)
        assert [version.author for version in await store.versions("book")] == [FILES]
        assert await store.newest("book") is None

    run(fresh_database, scene)


def test_publishing_is_refused_with_every_message(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        await store.draft(edited("one"), "book.yaml", "ana", "a try", NOW)
        publisher = Publisher(store, shipped_scripts(), [good, faulty])
        with pytest.raises(PublishRefused) as refused:
            await publisher.publish("book", "", "ana", "it is time", NOW)
        assert len(refused.value.messages) == 2 and "scenario 'books' failed" in str(refused.value)
        assert await store.current() == {}

    run(fresh_database, scene)


def test_publishing_and_one_step_back_as_far_as_the_file(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        publisher = Publisher(store, shipped_scripts(), [good])
        one = await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
        two = await store.draft(edited("two"), "book.yaml", "ben", "second", NOW)
        await publisher.publish("book", one.digest[:8], "ana", "go", NOW)
        await publisher.publish("book", "", "ben", "go", NOW)
        assert (await store.current())["book"].digest == two.digest
        assert (await publisher.rollback("book", "ana", "two was wrong", NOW)).digest == one.digest
        assert (await publisher.rollback("book", "ana", "it was right", NOW)).digest == two.digest
        history = await store.releases("book")
        assert [(r.kind, r.author) for r in history] == [
            ("publish", "ana"), ("publish", "ben"), ("rollback", "ana"), ("rollback", "ana")
        ]  # fmt: skip
        assert "-title: one" in diff(one, two) and "+title: two" in diff(one, two)

        await publisher.publish("support", (await store.draft(
            (SHIPPED / "support.yaml").read_text() + "\n", "support.yaml", "ana", "r", NOW)).digest, "ana", "go", NOW)
        assert (await publisher.rollback("support", "ana", "back", NOW)).kind == "withdraw"
        assert "support" not in await store.current()
        assert (await publisher.rollback("support", "ana", "forth", NOW)).kind == "rollback"
        with pytest.raises(ConfigurationError, match="never published"):
            await publisher.rollback("message", "ana", "why", NOW)

    run(fresh_database, scene)


def test_history_cannot_be_changed_by_who_serves(fresh_database: str) -> None:
    async def scene(store: VersionStore, engine: AsyncEngine) -> None:
        await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
        for statement in ("UPDATE script_versions SET author = 'x'", "DELETE FROM script_releases"):
            with pytest.raises(DBAPIError):
                async with engine.begin() as connection:
                    await connection.execute(text(statement))

    run(fresh_database, scene)


def test_shares_of_the_traffic_are_stable_and_even() -> None:
    calls = [f"CA{n:032x}" for n in range(10_000)]
    taken = {call for call in calls if share_of(call, "book") < 30}
    assert 2_800 < len(taken) < 3_200
    assert taken <= {call for call in calls if share_of(call, "book") < 60}
    assert taken == {call for call in calls if share_of(call, "book") < 30}
    assert len(taken & {call for call in calls if share_of(call, "support") < 30}) < 1_200


@asynccontextmanager
async def live(store: VersionStore, own: Path | None = None) -> AsyncIterator[LiveScripts]:
    scripts = LiveScripts(WorkingCopies(own), store, LoopClock(), voiceless)
    await scripts.start()
    yield scripts


async def title(scripts: LiveScripts, call: str = "CA1", state: CallState | None = None) -> str:
    """What the call's booking script is called."""
    state = state or CallState()
    director = await scripts.director(LINE, IncomingCall(call, "+15550111", "+15550100"), state)
    assert isinstance(director, ScriptDirector)
    return director.scripts.get("book", state.run.version).title


def test_the_next_call_gets_what_is_published_and_a_call_stays_on_its_own(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        publisher = Publisher(store, shipped_scripts(), [good])
        async with live(store) as here, live(store) as there:
            assert await title(here) == "a new appointment"
            one = await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
            await publisher.publish("book", "", "ana", "go", NOW)
            assert await title(here) == await title(there) == "one"
            began = replace(CallState(), run=Run("book", one.digest, "service"))
            await store.draft(edited("two"), "book.yaml", "ana", "second", NOW)
            await publisher.publish("book", "", "ana", "go", NOW)
            assert await title(here) == "two"
            assert await title(here, state=began) == "one"
            async with live(store) as newcomer:
                assert await title(newcomer, state=began) == "one"
                file = replace(CallState(), run=Run("book", digest_of(BOOK), "service"))
                assert await title(newcomer, state=file) == "a new appointment"

    run(fresh_database, scene)


def test_a_split_sends_the_same_call_to_the_same_version_everywhere(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        publisher = Publisher(store, shipped_scripts(), [good])
        with pytest.raises(ConfigurationError, match="no published version"):
            await publisher.split("book", "0" * 8, 30, "ana", "a try", NOW)
        await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
        await publisher.publish("book", "", "ana", "go", NOW)
        two = await store.draft(edited("two"), "book.yaml", "ana", "second", NOW)
        await publisher.split("book", two.digest[:12], 30, "ana", "a try", NOW)
        async with live(store) as here, live(store) as there:
            calls = [f"CA{n}" for n in range(300)]
            got = [await title(here, call) for call in calls]
            assert got == [await title(there, call) for call in calls]
            assert 50 < got.count("two") < 130
            await publisher.split("book", two.digest, 0, "ana", "enough", NOW)
            assert {await title(here, call) for call in calls} == {"one"}

    run(fresh_database, scene)


def test_an_edit_counts_for_the_next_call_and_a_slip_does_not(
    fresh_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        path = tmp_path / "book.yaml"
        path.write_text(edited("mine"))
        async with live(store, tmp_path) as here:
            assert await title(here) == "mine"
            path.write_text(edited("mine, better"))
            assert await title(here) == "mine, better"
            path.write_text(edited("a slip").replace("steps:", "stops:"))
            with caplog.at_level(logging.ERROR):
                assert [await title(here) for _ in range(3)] == ["mine, better"] * 3
            assert len([r for r in caplog.records if "last good version" in r.message]) == len(here.copies.complaints)
            assert here.copies.complaints and "book.yaml:" in here.copies.complaints[0]
            path.write_text(edited("mended"))
            assert await title(here) == "mended" and here.copies.complaints == ()
            os.unlink(path)
            assert await title(here) == "a new appointment"

    run(fresh_database, scene)


EXTRA = """\
script: extra
title: something extra
slots: {day: {kind: date}}
steps:
  day: {collect: day, ask: "Which day?"}
  bye: {end: done, say: Goodbye.}
"""
CALLS_EXTRA = BOOK.replace("steps:\n", "steps:\n  extra_first: {call: extra}\n", 1)


@pytest.mark.parametrize("backwards", [False, True])
def test_published_scripts_may_name_each_other_in_whatever_order_they_come(
    fresh_database: str, backwards: bool
) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        publisher = Publisher(store, shipped_scripts(), [good])
        for content, name in ((EXTRA, "extra"), (CALLS_EXTRA, "book"), (f"{EXTRA}\n", "extra")):
            await store.draft(content, f"{name}.yaml", "ana", "a try", NOW)
            await publisher.publish(name, "", "ana", "go", NOW)
        current = store.current

        async def ordered() -> Mapping[str, Release]:
            return dict(sorted((await current()).items(), reverse=backwards))

        store.current = ordered  # type: ignore[method-assign]
        async with live(store) as here:
            director = await here.director(LINE, IncomingCall("CA1", "", "+15550100"), CallState())
            assert isinstance(director, ScriptDirector)
            assert director.scripts.scripts["book"].digest == digest_of(CALLS_EXTRA)
            assert director.scripts.scripts["extra"].digest == digest_of(f"{EXTRA}\n")

    run(fresh_database, scene)


def test_a_version_that_could_not_be_read_once_is_asked_for_again(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
        await Publisher(store, shipped_scripts(), [good]).publish("book", "", "ana", "go", NOW)
        async with live(store) as here:
            read = store.version

            async def away(_name: str, _digest: str) -> Version | None:
                raise TimeoutError

            store.version = away  # type: ignore[method-assign]
            assert await title(here) == "a new appointment"
            store.version = read  # type: ignore[method-assign]
            assert await title(here) == "one"

    run(fresh_database, scene)


def test_calls_go_on_when_the_database_is_away(fresh_database: str) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        publisher = Publisher(store, shipped_scripts(), [good])
        await store.draft(edited("one"), "book.yaml", "ana", "first", NOW)
        await publisher.publish("book", "", "ana", "go", NOW)
        async with live(store) as here:
            assert await title(here) == "one"
            nowhere = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
            store._database = nowhere
            assert await title(here) == "one"

    run(fresh_database, scene)


def test_only_the_words_that_changed_are_voiced_beforehand(fresh_database: str, tmp_path: Path) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        voiced: list[str] = []
        told = asyncio.Event()

        async def voice(texts: Sequence[str]) -> None:
            voiced.extend(texts)
            told.set()

        path = tmp_path / "book.yaml"
        path.write_text(BOOK)
        scripts = LiveScripts(WorkingCopies(tmp_path), store, LoopClock(), voice)
        await scripts.start()
        asks = "What day would you like to come in?"
        assert asks in BOOK
        async with asyncio.TaskGroup() as group:
            running = group.create_task(scripts.run())
            path.write_text(BOOK.replace(asks, "Which day is it to be?"))
            async with asyncio.timeout(10):
                await told.wait()
            told.clear()
            await store.draft(BOOK.replace(asks, "And the day?"), "book.yaml", "ana", "shorter", NOW)
            await Publisher(store, shipped_scripts(), [good]).publish("book", "", "ana", "go", NOW)
            async with asyncio.timeout(10):
                await told.wait()
            running.cancel()
        assert voiced == ["Which day is it to be?", "And the day?"]

    run(fresh_database, scene)


def test_a_version_that_a_call_was_the_first_to_find_is_voiced_too(fresh_database: str, tmp_path: Path) -> None:
    async def scene(store: VersionStore, _engine: AsyncEngine) -> None:
        voiced: list[str] = []
        told = asyncio.Event()

        async def voice(texts: Sequence[str]) -> None:
            voiced.extend(texts)
            told.set()

        asks = "What day would you like to come in?"
        (tmp_path / "book.yaml").write_text(BOOK)
        scripts = LiveScripts(WorkingCopies(tmp_path), store, LoopClock(), voice)
        await scripts.start()
        await store.draft(BOOK.replace(asks, "And the day?"), "book.yaml", "ana", "shorter", NOW)
        await Publisher(store, shipped_scripts(), [good]).publish("book", "", "ana", "go", NOW)
        await scripts.director(LINE, IncomingCall("CA1", "", ""), CallState())
        async with asyncio.TaskGroup() as group:
            running = group.create_task(scripts.run())
            async with asyncio.timeout(10):
                await told.wait()
            running.cancel()
        assert voiced == ["And the day?"]

    run(fresh_database, scene)
