"""The server: loopback only, until it is interrupted."""

from __future__ import annotations

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


def listen(app: Starlette, port: int = PORT, *, ready: Callable[[str], object] = lambda _: None) -> None:
    """Serve an application to this machine alone, until Ctrl-C.

    Parameters
    ----------
    app : Starlette
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
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    try:
        socket = config.bind_socket()
    except SystemExit:  # so uvicorn says that the address is taken
        raise LandseaError(
            f"port {port} of {LOOPBACK} cannot be had",
            code="port",
            ids=(port,),
            expected="a port that is free and allowed",
            cure="choose another with --port, or 0 for one that is free",
        ) from None
    socket.listen()  # so that who reads the address can ask at once, and waits until the server is up
    ready(f"http://{LOOPBACK}:{socket.getsockname()[1]}/")
    try:
        uvicorn.Server(config).run(sockets=[socket])
    except KeyboardInterrupt:
        pass  # after its orderly end, uvicorn hands on what stopped it
    finally:
        socket.close()
