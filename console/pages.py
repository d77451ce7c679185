"""The handlers of the pages people read."""

from __future__ import annotations

from aiohttp import web

from console.call_page import call_page, parts
from console.layout import fragment, page
from console.log_page import log_page
from console.markup import el
from console.queries import query_of
from console.reading import CallReader, CallView
from records.call_index import CallPage


class CallPages:
    """The call log and a call's page."""

    def __init__(self, reader: CallReader) -> None:
        self._reader = reader

    async def home(self, _: web.Request) -> web.StreamResponse:
        """Leads to the call log."""
        raise web.HTTPSeeOther("/calls")

    async def find(self, request: web.Request) -> web.StreamResponse:
        """The call log. A filter that cannot be read is named, and nothing is shown."""
        index = self._reader.index
        fault, found = "", CallPage((), "")
        try:
            found = await index.find(query_of(request.query))
        except ValueError as why:
            fault = str(why)
        body = log_page(found, request.query, await index.lines(), await index.dispositions(), fault)
        return page("Calls", body, status=400 if fault else 200)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """A call's page."""
        view = await self._view(request)
        if view is None:
            link = el("a", "See all calls", href="/calls")
            return page("No such call", el("p", "No such call is on record. ", link, class_="empty card"), status=404)
        has_recording = self._reader.recording(view.row) is not None
        return page(f"Call {view.row.call}", call_page(view, has_recording))

    async def parts(self, request: web.Request) -> web.StreamResponse:
        """What changes while a call runs, to be put into its page."""
        view = await self._view(request)
        return fragment(parts(view)) if view is not None else web.Response(status=404)

    async def _view(self, request: web.Request) -> CallView | None:
        return await self._reader.view(request.match_info["call"].replace("\x00", ""))
