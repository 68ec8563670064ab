"""The server: loopback only, until it is interrupted."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from landsea_routing._extras import need
from landsea_routing.errors import InvalidValueError, LandseaError

if TYPE_CHECKING:
    from starlette.applications import Starlette

LOOPBACK = "127.0.0.1"
PORT = 8765
HIGHEST_PORT = 65_535
GRACE_S = 2
"""Seconds that answers under way have when the server is stopped."""


def listen(
    make: Callable[[], Starlette], port: int = PORT, *, ready: Callable[[str], object] = lambda _: None
) -> None:
    """Serve an application to this machine alone, until Ctrl-C.

    Parameters
    ----------
    make : callable
        Gives the application; called when the port is had, so that nobody waits for one that is not.
    port : int
        0 takes one that is free.
    ready : callable
        Called with the address as soon as it can be asked for.

    Raises
    ------
    InvalidValueError
        There is no such port.
    LandseaError
        Something else listens there.
    MissingExtraError
        The extra `serve` is not installed.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise InvalidValueError(f"the port is {port}", column="port", expected=f"0 to {HIGHEST_PORT}")
    uvicorn = need("uvicorn", extra="serve")
    with _take(port) as taken:  # who asks at once waits until the server is up
        config = uvicorn.Config(
            make(),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        ready(f"http://{LOOPBACK}:{taken.getsockname()[1]}/")
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn ends in order, then hands it on
            uvicorn.Server(config).run(sockets=[taken])


def _take(port: int) -> socket.socket:
    """Listen at a port of this machine."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        raise LandseaError(
            f"port {port} of {LOOPBACK} cannot be had",
            code="port",
            ids=(port,),
            expected="a port that is free and allowed",
            cure="choose another with --port, or 0 for one that is free",
        ) from None
