"""``POST /api/v1/calls/{call}/orders``: a person's order to a live call, by a program."""

from __future__ import annotations

import json

from aiohttp import web

from calls.codec import canonical
from calls.errors import ConfigurationError
from calls.house_ports import OrderGiver
from console.access import Access
from console.problems import problem
from records.call_index import CallIndex

EXAMPLE = '{"kind": "say", "words": "We are closing in ten minutes."}'
FIELDS = ("kind", "words")


class OrdersApi:
    """The handler. What was ordered, and by whom, stands on the call's record."""

    def __init__(self, access: Access, index: CallIndex, orders: OrderGiver) -> None:
        self._access = access
        self._index = index
        self._orders = orders

    async def give(self, request: web.Request) -> web.StreamResponse:
        """``{kind, words}`` -> 200 ``{state: accepted, author}``; else a problem with the reason:

        409 ``order.refused`` and ``call.ended``, 504 ``order.expired``, 404 ``call.unknown``, 400 ``request.invalid``.
        """
        if not self._access.same_origin(request):
            return problem(403, "request.foreign", "orders are not taken from other sites' pages")
        author = await self._access.author_of(request)
        if author is None:
            return problem(401, "token.invalid", "this token or session has just ended")
        try:
            kind, words = order_of(await request.text(), request.content_type)
        except (ValueError, RecursionError) as why:
            return problem(400, "request.invalid", str(why))
        name = request.match_info["call"].replace("\x00", "")
        row = await self._index.get(name)
        if row is None:
            return problem(404, "call.unknown", f"no call {name[:80]!r} is on record; list them at /api/v1/calls")
        if not row.live:
            return problem(409, "call.ended", "this call is over; live ones: /api/v1/calls?disposition=live")
        try:
            answer = await self._orders.give(row.call, author, kind, words)
        except ConfigurationError as why:
            return problem(400, "request.invalid", str(why))
        if answer.state == "accepted":
            told = canonical({"state": answer.state, "author": author})
            return web.Response(body=told, content_type="application/json", headers={"Cache-Control": "no-store"})
        return problem(409 if answer.state == "refused" else 504, f"order.{answer.state}", answer.reason)


def order_of(text: str, content_type: str) -> tuple[str, str]:
    """Kind and words of a request's body. Raises ValueError, saying what it should be."""
    if content_type != "application/json":
        raise ValueError(f"send Content-Type: application/json, with a body like {EXAMPLE}")
    try:
        order = json.loads(text)
    except json.JSONDecodeError as why:
        raise ValueError(f"this is no JSON ({why.msg} at character {why.pos}); send {EXAMPLE}") from None
    if not isinstance(order, dict) or not all(isinstance(value, str) for value in order.values()):
        raise ValueError(f"an order is an object of texts: {EXAMPLE}")
    unknown = sorted(set(order) - set(FIELDS))
    if unknown:
        raise ValueError(f"an order has no {unknown[0][:40]!r}; it has kind and words")
    return order.get("kind", ""), order.get("words", "")
