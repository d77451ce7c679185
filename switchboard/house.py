"""Composition: everything concrete meets here, and only here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.cascade import CascadeEngine
from agent.resilience.prices import read_prices
from agent.safety.watch import shipped_watch
from calls.clock import LoopClock, stopwatch_ms
from calls.line import Line
from calls.ports import EventSink
from calls.randomness import SystemRandomness
from calls.run import Receipt
from calls.signals import Displaced
from records.archive import Archive
from records.log import PostgresSink
from records.pauses import LinePauses
from records.recording import WavRecorder
from switchboard.admission import Door as LineDoor
from switchboard.database import Progress, open_engine, open_stores
from switchboard.desk import RecordDesk
from switchboard.engines import Engines, vendor_session, wants_offline
from switchboard.gates import Gates
from switchboard.hang_up import HangUpWatch
from switchboard.host import Host
from switchboard.jobs import RecordedTexts, open_jobs
from switchboard.late_receipts import LateReceipts
from switchboard.lines import LineBook
from switchboard.live import TailedSink
from switchboard.orders import OrderDesk, Orders
from switchboard.places import Places
from switchboard.rates import CallRates
from switchboard.returning import BrokenOff
from switchboard.scripts import LiveScripts, fixed_words
from switchboard.secret import print_of, signing_key
from switchboard.settings import Settings
from switchboard.sockets import OpenedSockets
from switchboard.spending import SpendBook
from switchboard.strain import Strain
from switchboard.sweeper import Sweeper
from switchboard.systems import AtRing, open_systems, use_systems
from switchboard.vaults import Vaults, pay_terms
from switchboard.working_copies import WorkingCopies
from telephony.callbacks import Callbacks
from telephony.door import Door
from telephony.media import MediaParts
from telephony.messages import MessageCallbacks
from telephony.signature import SignatureCheck
from telephony.tokens import CallTokens
from telephony.twilio_rest import TwilioRest
from telephony.webhooks import Webhooks
from workflows.actions import ActionRunner
from workflows.backends.receipts import receipts_of_call
from workflows.backends.seed import seed
from workflows.versions.store import VersionStore

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logging.getLogger(__name__)


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class House:
    """A running Switchboard, without its web server."""

    settings: Settings
    """with both stores' addresses filled in"""
    book: LineBook
    database: AsyncEngine
    sink: TailedSink
    engines: Engines
    door: Door
    desk: RecordDesk
    media: MediaParts
    webhooks: Webhooks
    recordings: Path
    clock: LoopClock
    places: Places


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings,
    offline: CascadeEngine | None,
    progress: Progress = _silent,
    keep: Callable[[EventSink], EventSink] = lambda sink: sink,
) -> AsyncIterator[House]:
    """Everything that answers calls; ``offline`` is the engine of this machine's models, None when no line wants it.

    ``keep`` may put another sink in place of the record on Postgres, to measure what that costs.

    Raises ConfigurationError when it would be insecure, or a line cannot be served.
    """
    settings.refuse_insecurity()
    clock, book = LoopClock(), LineBook(settings.lines)
    systems = use_systems(settings)
    copies = WorkingCopies(settings.scripts)
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(vendor_session())
        spending = SpendBook(clock, read_prices(settings.prices), settings.day_usd)
        engines = Engines(offline, settings, session, clock, spending.thrift.order)
        gates = Gates(settings.lines.parent, stopwatch_ms)

        vaults = Vaults(settings, session)

        def usable(lines: tuple[Line, ...]) -> None:
            engines.refuse_missing(lines)
            vaults.refuse_missing(lines)
            gates.refuse_wrong(lines)

        usable(book.lines)
        book.check = usable
        stores = await stack.enter_async_context(open_stores(settings, progress))
        database = await stack.enter_async_context(open_engine(stores.database_url))
        worker, key = worker_name(), signing_key(settings.var, settings.secret)
        recorded = PostgresSink(database, worker, settings.var / "spool", clock, lambda s: _taken_over(door, s))
        await stack.enter_async_context(recorded.running())
        sink = TailedSink(keep(recorded))
        jobs = await stack.enter_async_context(open_jobs(database, book, settings, clock, SystemRandomness()))
        # Nobody is to wait for a text that cannot come.
        without = () if jobs.texts_possible else ("record_consent", "send_confirmation", "send_code")
        asked = await stack.enter_async_context(open_systems(systems, settings))
        ringing = AtRing(systems, asked, clock)
        ringing.refuse_wrong(book.lines)
        runner = ActionRunner(database, clock, also=asked.handlers(), without=without)
        actions = await stack.enter_async_context(runner)
        await _seed(database, book.lines, clock)
        await engines.prerender(book.lines)
        orders = Orders(database, clock, SystemRandomness(), worker)
        receipts = _receipts_in(database)
        desk = RecordDesk(sink, book, clock, receipts=receipts, abandoned_elsewhere=orders.abandoned)
        tokens = CallTokens(SystemRandomness(), clock, key)
        store = await stack.enter_async_context(_valkey(stores.redis_url))
        rates = CallRates(store, key, clock)
        spending.share(store)
        places = Places(store, clock, f"{worker} {print_of(key)}")
        await _warn_of_other_keys(places, print_of(key))
        door = Door(LineDoor(book, LinePauses(database), rates, clock, places, engines.expect, spending.spent), clock)
        places.seated = lambda: door.seated_calls
        opened = OpenedSockets(database, clock)
        scripts = LiveScripts(copies, VersionStore(database), clock, engines.prerender_everywhere)
        await scripts.start()
        engines.keep(text for script in copies.scripts.scripts.values() for text in fixed_words(script))
        scripts.refuse_missing(book.lines)
        recordings = settings.var / "recordings"
        recordings.mkdir(parents=True, exist_ok=True, mode=0o700)
        host = Host(
            sink=sink,
            engine_of=lambda line: spending.metered(engines.of(line), line),
            scripts=scripts,
            gate_of=gates.of,
            watch=shipped_watch(),
            actions=actions,
            clock=clock,
            recordings=recordings,
            make_recorder=lambda path, since_ms: WavRecorder(path, origin_ms=since_ms),
            earlier=BrokenOff(database, clock).earlier,
            hints=ringing.hints,
            remember=spending.remember,
            vault_of=vaults.of,
        )
        strain = Strain(clock)
        media = MediaParts(host, door, tokens, clock, sockets=opened, busy=strain.busy)
        order_desk = OrderDesk(database, door, sink, clock)
        late = LateReceipts(database, receipts, clock)

        async def wait_lists() -> None:
            await actions.pass_offers_on({line.business: line.timezone for line in book.lines})

        tidied = (late.record, opened.forget_old, order_desk.forget_old, jobs.relay.forget_stalled)
        chores = (actions.end_plans, wait_lists, *tidied)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        lasting = [group.create_task(Sweeper(database, desk, clock, chores).run()), group.create_task(places.run())]
        lasting.append(group.create_task(strain.run()))
        lasting.append(group.create_task(engines.run()))
        lasting.append(group.create_task(scripts.run()))
        lasting.append(group.create_task(order_desk.run()))
        lasting.append(group.create_task(Archive(database, recordings, clock).run()))
        lasting.append(group.create_task(jobs.run()))
        if settings.twilio_account_sid and settings.twilio_auth_tokens:
            rest = await _rest(stack, settings)
            lasting.append(group.create_task(HangUpWatch(sink, door, rest, clock, opened.is_closed).run()))
        for task in lasting:
            stack.callback(task.cancel)
        callbacks = Callbacks(door, desk, tokens, clock, settings.public(), opened, pay_terms(settings))
        check = signature_check(settings)
        texts = MessageCallbacks(RecordedTexts(database, clock, book))
        webhooks = Webhooks(callbacks, media, check, insecure_dev=settings.insecure_dev, messages=texts)
        yield House(stores, book, database, sink, engines, door, desk, media, webhooks, recordings, clock, places)


def _taken_over(door: Door, stream: str) -> None:
    """Another process writes this stream now: the session here, which nobody believes any more, leaves."""
    visit = door.find(stream.removeprefix("call:"))
    if visit is not None and visit.seat is not None:
        log.warning("another process has taken a call over; it ends here")
        visit.seat.tell(Displaced())


async def _warn_of_other_keys(places: Places, ours: str) -> None:
    try:
        others = [name for name in await places.names() if not name.endswith(ours)]
    except Exception as why:
        log.warning("other processes cannot be looked for (%s)", type(why).__name__)
        return
    if others:
        log.error(
            "%d other process(es) have another secret, so neither takes the other's calls; "
            "set SWITCHBOARD_SECRET to the same value everywhere", len(others)
        )  # fmt: skip


@contextlib.asynccontextmanager
async def _valkey(url: str) -> AsyncIterator[Redis]:
    """A client of the shared store; it connects when it is first asked."""
    from redis.asyncio import Redis

    client = Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0)
    try:
        yield client
    finally:
        await client.aclose()


def _receipts_in(database: AsyncEngine) -> Callable[[str], Awaitable[Sequence[Receipt]]]:
    async def receipts(call: str) -> Sequence[Receipt]:
        async with database.connect() as connection:
            return await receipts_of_call(connection, call)

    return receipts


async def _rest(stack: contextlib.AsyncExitStack, settings: Settings) -> TwilioRest:
    """Twilio's REST interface. The first auth token is the account's primary one."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    account, token = settings.twilio_account_sid, settings.twilio_auth_tokens[0]
    return TwilioRest(settings.twilio_api_base_url, account, token, session)


def signature_check(settings: Settings) -> SignatureCheck | None:
    """The check of the carrier's signatures; None only with --insecure-dev and no token."""
    if settings.insecure_dev and not settings.twilio_auth_tokens:
        return None
    return SignatureCheck(settings.public(), settings.twilio_auth_tokens)


def worker_name() -> str:
    """A name no other process has."""
    return f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"


async def _seed(database: AsyncEngine, lines: Iterable[Line], clock: LoopClock) -> None:
    for business in {line.business for line in lines}:
        await seed(database, business, clock.wall().date())


@contextlib.asynccontextmanager
async def local_engine(
    settings: Settings, progress: Callable[[str, float], None]
) -> AsyncIterator[CascadeEngine | None]:
    """``offline_engine`` when a line wants any of it, otherwise None: then nothing is loaded."""
    if not any(map(wants_offline, LineBook(settings.lines).lines)):
        yield None
        return
    async with offline_engine(settings, progress) as engine:
        yield engine


@contextlib.asynccontextmanager
async def offline_engine(settings: Settings, progress: Callable[[str, float], None]) -> AsyncIterator[CascadeEngine]:
    """The default engine: recognizer and voice of this machine, in processes of their own."""
    from agent.offline.silero import SileroModel
    from agent.offline.workers import OfflineSpeech
    from agent.offline_parts import offline_engine as make

    speech = OfflineSpeech()
    detector = await asyncio.to_thread(SileroModel.load)
    await speech.start(settings.var / "models", progress)
    try:
        yield await make(speech, detector)
    finally:
        await speech.aclose()
