"""Carries HTTP actions out: one request, within the fence and the time there is, and an answer read strictly.

Nothing of a request or an answer is logged: both may name people, and headers hold secrets.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import replace

import aiohttp
from sqlalchemy.ext.asyncio import AsyncConnection
from yarl import URL

from calls.commands import Value
from calls.errors import ConfigurationError
from workflows.backends.handlers import Handler
from workflows.backends.wishes import NOT_VERIFIED, Answer, Done, Found, Refused, Wish
from workflows.customer_systems.addresses import Fence, Forbidden
from workflows.customer_systems.model import MAX_REPLY_BYTES, RING_MS, HttpAction, RefusedWhen, System, Systems
from workflows.customer_systems.templates import Missing, filled, in_path, typed
from workflows.customer_systems.typed import Mismatch, reach, read_value
from workflows.language.catalogue import UNAVAILABLE

AWAY = Refused(UNAVAILABLE)

log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """There is no answer that can be used. ``why`` names no value of anybody's."""


class SystemActions:
    """``session`` is a fenced one; ``secrets`` by name. Raises ConfigurationError when one is not set."""

    def __init__(
        self, systems: Systems, session: aiohttp.ClientSession, fence: Fence, secrets: Mapping[str, str]
    ) -> None:
        self._systems = systems
        self._session = session
        self._fence = fence
        missing = [name for name in systems.secrets if not secrets.get(name)]
        if missing:
            raise ConfigurationError(f"{missing[0]} is not set, and an HTTP action needs it; set it in the environment")
        self._secrets: dict[str, Value] = {f"secret.{name}": secrets[name] for name in systems.secrets}

    def handlers(self) -> dict[str, Handler]:
        """What carries out which action, for an ``ActionRunner``."""
        return {name: self._handler(action) for name, action in self._systems.actions.items()}

    def _handler(self, action: HttpAction) -> Handler:
        async def handle(_: AsyncConnection, wish: Wish) -> Answer:
            return await self.ask(action, wish)

        return handle

    async def at_ring(self, name: str, wish: Wish) -> Mapping[str, Value]:
        """What a look-up finds for a caller's number, as hints nobody may speak of; nothing when it takes long."""
        action = self._systems.actions.get(name)
        if action is None:
            return {}
        argument = next(iter(action.spec.arguments))
        answer = await self._ask(action, replace(wish, arguments={argument: wish.caller}), RING_MS)
        return answer.facts if isinstance(answer, Found) else {}

    async def ask(self, action: HttpAction, wish: Wish) -> Answer:
        """One request; what cannot be used of an answer is ``unavailable``. Never raises for what others do."""
        if action.spec.personal and not wish.subject:
            return NOT_VERIFIED
        return await self._ask(action, wish, action.timeout_ms)

    async def _ask(self, action: HttpAction, wish: Wish, timeout_ms: float) -> Answer:
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                status, document = await self._exchange(action, wish)
            return answer_of(action, status, document)
        except NoAnswer as why:
            log.warning("HTTP action %s: %s", action.spec.name, why)
        except Mismatch as why:
            log.warning("HTTP action %s: the answer does not hold what was declared (%s)", action.spec.name, why)
        except TimeoutError:
            log.warning("HTTP action %s: no answer in time", action.spec.name)
        except (aiohttp.ClientError, OSError) as why:
            log.warning("HTTP action %s: no connection (%s)", action.spec.name, type(why).__name__)
        return AWAY

    async def _exchange(self, action: HttpAction, wish: Wish) -> tuple[int, object]:
        values: dict[str, Value] = {
            **{name: value for name, value in wish.arguments.items() if name in action.spec.arguments},
            "call.key": wish.key,
            "call.id": wish.call,
            "call.subject": wish.subject,
        }
        try:
            url = self._fence.check(action.system.base)
            url = URL(action.system.base + in_path(action.path, values), encoded=True)
            url = url.with_query(_given(action.query, values, in_json=False)) if action.query else url
        except (Missing, ValueError, Forbidden):
            raise NoAnswer("the address cannot be made of what was given") from None
        body = json.dumps(_given(action.body, values, in_json=True)).encode() if action.body else None
        async with self._session.request(
            action.method,
            url,
            data=body,
            headers=self._headers(action.system, wish, body is not None),
            allow_redirects=False,
        ) as response:
            return response.status, await _document(response)

    def _headers(self, system: System, wish: Wish, has_body: bool) -> dict[str, str]:
        headers = {name: filled(text, self._secrets) for name, text in system.headers.items()}
        headers |= {"Accept": "application/json", "Accept-Encoding": "identity", "Idempotency-Key": wish.key}
        return {**headers, "Content-Type": "application/json"} if has_body else headers


def _given(texts: Mapping[str, str], values: Mapping[str, Value], *, in_json: bool) -> dict[str, Value]:
    """What is known of ``texts``: those with an argument that was not given stay out."""
    found: dict[str, Value] = {}
    for name, text in texts.items():
        try:
            found[name] = typed(text, values) if in_json else filled(text, values)
        except Missing:
            continue
    return found


async def _document(response: aiohttp.ClientResponse) -> object:
    """The JSON of an answer; None when there is none. Raises NoAnswer for what is too large or no JSON."""
    content = bytearray()
    async for piece in response.content.iter_chunked(16 * 1024):
        content += piece
        if len(content) > MAX_REPLY_BYTES:
            raise NoAnswer(f"the answer is larger than {MAX_REPLY_BYTES} bytes")
    kind = response.content_type
    if not content or not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NoAnswer("the answer is no JSON") from None


def answer_of(action: HttpAction, status: int, document: object) -> Answer:
    """What an answer means. Raises NoAnswer, Mismatch."""
    refusal = next((one.code for one in action.refusals if _refuses(one, status, document)), "")
    if refusal:
        return Refused(refusal)
    if not 200 <= status < 300:
        raise NoAnswer(f"it answered {status}")
    results = {one.name: _read(one.kind, document, one.at) for one in action.results}
    return Done(results) if action.spec.writes else Found(results)


def _read(kind: str, document: object, way: tuple[str, ...]) -> Value:
    return read_value(kind, reach(document, way))


def _refuses(rule: RefusedWhen, status: int, document: object) -> bool:
    if rule.statuses and status not in rule.statuses:
        return False
    if not rule.at:
        return bool(rule.statuses)
    try:
        found = reach(document, rule.at)
    except Mismatch:
        return False
    words = str(found).lower() if isinstance(found, bool) else str(found)
    return not isinstance(found, dict | list) and words in rule.values
