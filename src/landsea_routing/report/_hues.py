"""The colours of all maps and charts, for what is drawn without the style sheet that has them."""

from __future__ import annotations

import re
from functools import lru_cache

from landsea_routing.report._html import read_static
from landsea_routing.report._marks import gauge_classes, mode_class

_VARIABLE = re.compile(r"--(\w+): (#[0-9a-f]{6})")


@lru_cache(maxsize=1)
def hues() -> dict[str, str]:
    """Return the colours of the style sheet by name, as on a light page.

    >>> hues()["g1435"], hues()["r1"]
    ('#1d63ae', '#14588f')
    """
    light, _, _ = read_static("page.css").partition("}")
    return dict(_VARIABLE.findall(light))


def line_hue(mode: str, gauge: str = "") -> str:
    """Colour of a line by mode and, of a railway, by gauge; of dual-gauge track that of the outer line.

    >>> line_hue("rail", "1520") == hues()["g1520"], line_hue("rail") == hues()["gother"]
    (True, True)
    """
    outer, _ = gauge_classes(mode, gauge)
    word = mode_class(mode)
    return hues()[outer or ("gother" if word == "rail" else word)]
