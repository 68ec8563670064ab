"""The command `landsea`: one file for each command; `common` and `plans` serve them, `command` has all."""

from landsea_routing.cli.command import main

__all__ = ["main"]
