"""`landsea serve`: a page on this machine that answers what-if questions while sliders move."""

from __future__ import annotations

import argparse
import json
from typing import Any

from landsea_routing.cli.common import OK, add_command, add_network, load, say, say_done


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = (
        "What-if without code: a page to tick scenarios and move capacities and hours at borders. Open the "
        "address that it prints in a browser; only this machine can reach it, and Ctrl-C stops it."
    )
    parser = add_command(commands, "serve", text, run)
    add_network(parser)
    parser.add_argument("--port", type=int, default=8765, help="port of 127.0.0.1; 0 for a free one (8765)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, and return the exit code."""
    from landsea_routing._extras import need
    from landsea_routing.serve.listen import listen

    for module in ("starlette", "uvicorn"):
        need(module, extra="serve")
    from landsea_routing.serve.app import make_app

    def ready(address: str) -> None:
        say_done()
        text = f"What-if page: {address} (this machine only; Ctrl-C stops it)"
        print(json.dumps({"address": address}) if arguments.json else text, flush=True)
        if arguments.open:
            import webbrowser

            webbrowser.open(address)

    network = load(arguments.network)

    def make() -> Any:
        say("solving the base")
        return make_app(network)

    listen(make, arguments.port, ready=ready)
    if not arguments.json:
        print("\nstopped")
    return OK
