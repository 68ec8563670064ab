"""The command `landsea`: one file for each command; `common` serves them and `command` gathers them."""

from landsea_routing.cli.command import main

__all__ = ["main"]
