"""The session's side of keying in secret: keys go straight in here, and nothing but progress comes out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, cast

from calls import signals as sg
from calls.clock import Clock
from calls.ports import Emit, Vault
from calls.run import ActionSettled
from calls.secure_entry import Move, SecureEntry
from calls.timers import Timers
from calls.vault import SecretField, VaultError, found_of

SECURE: Final = "secure"
"""The timer of an entry; it never reaches the conversation."""

TONE_MS: Final = 600.0
"""After the last key the ears stay shut so long: its tone still sounds on the line."""

KEEP_MS: Final = 12_000.0
"""How long the vault may take."""


@dataclass(slots=True)
class _Open:
    key: str
    action: str
    fields: tuple[SecretField, ...]
    entry: SecureEntry
    last_ms: float | None = None
    """when a key was pressed last"""


class SecureKeys:
    """One capture at a time. Grammar: (begin (press | rang)* close)*."""

    def __init__(self, vault: Vault | None, clock: Clock, timers: Timers, emit: Emit) -> None:
        self._vault = vault
        self._clock = clock
        self._timers = timers
        self._emit = emit
        self._now: _Open | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        """Whether keys belong here."""
        return self._now is not None

    def begin(self, key: str, action: str, fields: tuple[str, ...], *, us: bool, unhurried: bool) -> None:
        """Take ``fields`` from now on; ``us``: post codes are five digits."""
        self.close()
        wanted = cast(tuple[SecretField, ...], fields)
        today = self._clock.wall()
        entry = SecureEntry(wanted, (today.year, today.month), us=us, unhurried=unhurried)
        self._now = _Open(key, action, wanted, entry)
        self._timers.start(SECURE, entry.wait_ms)

    def press(self, digit: str, group: asyncio.TaskGroup) -> None:
        """One key. Never a signal, never logged."""
        if self._now is None:
            return
        self._now.last_ms = self._clock.now_ms()
        self._go_on(self._now, self._now.entry.press(digit), group)

    def rang(self, group: asyncio.TaskGroup) -> None:
        """No key came in time."""
        if self._now is not None and not self._now.entry.over:
            self._go_on(self._now, self._now.entry.silent(), group)

    def close(self) -> None:
        """Forget what was keyed; what is on its way to the vault is not waited for."""
        self._timers.stop(SECURE)
        if self._now is not None:
            self._now.entry.secrets.wipe()
            self._now = None
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    def _go_on(self, now: _Open, move: Move | None, group: asyncio.TaskGroup) -> None:
        if now.entry.over:
            self._timers.stop(SECURE)
        else:
            self._timers.start(SECURE, now.entry.wait_ms)
        if move is None:
            return
        match move.kind:
            case "keyed" | "ask":
                self._emit(sg.CaptureMoved(now.key, move.kind, move.field, move.why))
            case "whole":
                self._emit(sg.CaptureMoved(now.key, "whole", move.field))
                self._keeping = group.create_task(self._keep(now))
            case _:
                self._keeping = group.create_task(self._settle(now, refusal=move.kind))

    async def _keep(self, now: _Open) -> None:
        began = self._clock.now_ms()
        assert self._vault is not None, "a capture is opened only with a vault"
        try:
            async with asyncio.timeout(KEEP_MS / 1000):
                kept = await self._vault.keep(now.entry.secrets, now.key)
        except TimeoutError:
            await self._settle(now, refusal="unavailable", began=began)
        except VaultError as fault:
            refusal = "declined" if fault.fault == "declined" else "unavailable"
            await self._settle(now, refusal=refusal, began=began)
        else:
            found = found_of(kept, now.fields)
            await self._settle(now, settled=ActionSettled(now.key, now.action, found=found), began=began)
        finally:
            now.entry.secrets.wipe()

    async def _settle(
        self, now: _Open, *, refusal: str = "", settled: ActionSettled | None = None, began: float | None = None
    ) -> None:
        took_ms = 0.0 if began is None else self._clock.now_ms() - began
        if now.last_ms is not None:
            await self._clock.sleep_until_ms(now.last_ms + TONE_MS)
        self._emit(sg.ActionDone(settled or ActionSettled(now.key, now.action, refusal=refusal), took_ms))
