"""Routes of the page, and what is refused before anything is computed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from landsea_routing._extras import need
from landsea_routing.errors import LandseaError
from landsea_routing.model.network import Network
from landsea_routing.report._html import to_plain
from landsea_routing.serve.answer import answer_of, details_of
from landsea_routing.serve.controls import Controls, read_controls
from landsea_routing.serve.desk import Desk
from landsea_routing.serve.page import make_view, page_of

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOSTS = ("127.0.0.1", "localhost")
"""Names under which the page may be asked for; any other is a name elsewhere that points at this machine."""
LARGEST_BODY = 65_536
"""Bytes of a question."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
BAD_REQUEST, FORBIDDEN, TOO_LARGE, NOT_JSON, WRONG, GONE = 400, 403, 413, 415, 422, 499


class _Refused(Exception):  # noqa: N818
    """A request that is not even a question."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def make_app(network: Network) -> Starlette:
    """Return the application for one network; the base is solved here.

    Parameters
    ----------
    network : Network

    Returns
    -------
    starlette.applications.Starlette
        `GET /` is the page. `POST /answer` and `POST /details` take controls as JSON
        (`controls.read_controls`) and return what changes on the page; a wrong question has status 422 and
        an `error` that says what was expected.

    Raises
    ------
    MissingExtraError
        The extra `serve` is not installed.
    LandseaError
        The base has no plan.

    Notes
    -----
    One solve at a time, others wait; what nobody waits for any longer is not begun. There is no log-in and no
    CORS: `Host` and `Origin` must name this machine, so that no page from elsewhere can ask.
    """
    applications = need("starlette.applications", extra="serve")
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import HTMLResponse, Response
    from starlette.routing import Route

    desk = Desk(network)
    view = make_view(desk)
    html = page_of(desk, view)
    turn = asyncio.Lock()

    async def show(_: Request) -> Response:
        return HTMLResponse(html, headers=HEADERS)

    async def icon(_: Request) -> Response:
        return Response(status_code=204)

    async def answer(request: Request) -> Response:
        return await _respond(request, turn, lambda controls: answer_of(desk.change(controls), view))

    async def details(request: Request) -> Response:
        return await _respond(request, turn, lambda controls: details_of(desk.change(controls), view))

    routes = [
        Route("/", show),
        Route("/favicon.ico", icon),
        Route("/answer", answer, methods=["POST"]),
        Route("/details", details, methods=["POST"]),
    ]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    made: Starlette = applications.Starlette(routes=routes, middleware=[guard])
    return made


async def _respond(
    request: Request, turn: asyncio.Lock, find: Callable[[Controls], dict[str, Any]]
) -> Response:
    """Read the question, wait for one's turn, and answer in a thread, so that the page stays reachable."""
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect
    from starlette.responses import Response

    try:
        controls = read_controls(await _read_json(request))
        async with turn:
            if await request.is_disconnected():
                return Response(status_code=GONE)
            began = time.perf_counter()
            found = await run_in_threadpool(find, controls)
            return _json({**found, "ms": round(1000 * (time.perf_counter() - began))})
    except ClientDisconnect:
        return Response(status_code=GONE)
    except _Refused as error:
        return _json({"error": str(error), "code": "request"}, error.status)
    except LandseaError as error:
        return _json({"error": str(error), "code": error.code, "cure": error.cure}, WRONG)


async def _read_json(request: Request) -> object:
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{request.headers.get('host')}":
        raise _Refused(FORBIDDEN, "This page answers no other page.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _Refused(NOT_JSON, f"The content type is {kind or 'missing'}. Expected application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _Refused(TOO_LARGE, f"The question is too large. Expected at most {LARGEST_BODY:,} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _Refused(BAD_REQUEST, f"The question cannot be read as JSON: {error}.") from None


def _json(content: dict[str, Any], status: int = 200) -> Response:
    from starlette.responses import Response

    text = json.dumps(to_plain(content), separators=(",", ":"), allow_nan=False)
    return Response(text, status, HEADERS, media_type="application/json")
