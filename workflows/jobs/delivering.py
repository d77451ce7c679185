"""One delivery: claimed, sent, and what became of it written down. Whoever else holds its job finds it claimed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock
from calls.errors import SwitchboardError
from calls.randomness import Randomness
from workflows.backends.tables import outbox
from workflows.jobs.backoff import wait_before
from workflows.jobs.delivery import Channel, Delivery, Failed, Letterheads, NotSent, Occurrence, Outcome, Sent
from workflows.jobs.tables import deliveries

ATTEMPT_S = 60.0
LONGEST_REASON = 300

log = logging.getLogger(__name__)


class Deliverer:
    """``channels`` by name. ``deliver`` may be called by several processes for the same delivery."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        randomness: Randomness,
        channels: Mapping[str, Channel],
        letterheads: Letterheads,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._randomness = randomness
        self._channels = channels
        self._letterheads = letterheads

    async def deliver(self, number: int) -> str:
        """Try once; returns the delivery's state afterwards, empty when it was not there to be sent."""
        claimed = await self._claim(number)
        if claimed is None:
            return ""
        delivery, occurrence = claimed
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return await self._settle(delivery, NotSent(f"there is no way to send {delivery.channel} here"), ())
        try:
            async with asyncio.timeout(ATTEMPT_S):
                outcome = await channel.send(delivery, occurrence)
        except SwitchboardError as why:
            # Ours are written for people, and name nobody.
            outcome = Failed(str(why))
        except Exception as why:
            # Whatever it is, the other deliveries must not end with it; its text may name people or secrets.
            log.warning("delivery %d failed (%s)", delivery.id, type(why).__name__)
            outcome = Failed(type(why).__name__)
        return await self._settle(delivery, outcome, channel.waits_s)

    async def _claim(self, number: int) -> tuple[Delivery, Occurrence] | None:
        mine = (deliveries.c.id == number, deliveries.c.state == "queued")
        claim = update(deliveries).where(*mine).values(
            state="sending", attempts=deliveries.c.attempts + 1, queued_at=self._clock.wall()
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(claim.returning(deliveries))).first()
            if row is None:
                return None
            what = (await connection.execute(select(outbox).where(outbox.c.id == row.outbox))).one()
        occurrence = Occurrence.of(what, self._letterheads)
        return Delivery(row.id, row.channel, row.target, row.run, row.attempts), occurrence

    async def _settle(self, delivery: Delivery, outcome: Outcome, waits_s: tuple[float, ...]) -> str:
        now = self._clock.wall()
        values: dict[str, object] = {"settled_at": now}
        match outcome:
            case Sent(reference):
                values |= {"state": "sent", "reference": reference, "reason": ""}
            case NotSent(reason):
                values |= {"state": "not_sent", "reason": reason}
            case Failed(reason, lasting):
                wait = None if lasting else wait_before(delivery.attempt, waits_s, self._randomness)
                values["reason"] = reason
                if wait is None:
                    values["state"] = "dead"
                else:
                    values |= {"state": "waiting", "due_at": now + wait, "settled_at": None}
        reason = str(values["reason"])[:LONGEST_REASON] if "reason" in values else ""
        # Only what this attempt claimed: it may have been given up, and sent by another process meanwhile.
        mine = (
            deliveries.c.id == delivery.id, deliveries.c.state == "sending", deliveries.c.attempts == delivery.attempt
        )  # fmt: skip
        async with self._engine.begin() as connection:
            await connection.execute(update(deliveries).where(*mine).values(**{**values, "reason": reason}))
        if values["state"] in ("not_sent", "dead"):
            log.warning("%s of delivery %d %s: %s", delivery.channel, delivery.id, values["state"], reason)
        return str(values["state"])
