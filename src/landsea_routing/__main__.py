"""`python -m landsea_routing` is the command `landsea`."""

from __future__ import annotations

import sys

from landsea_routing.cli import main

sys.exit(main())
