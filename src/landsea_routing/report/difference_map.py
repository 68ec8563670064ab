"""Where plans differ: more on a link in one colour, less in another, as wide as the difference."""

from __future__ import annotations

from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import MapSection
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.comparisons import Comparisons


def difference_map(
    change: Comparison | Comparisons, *, heading: str = "Where flows change", note: str = ""
) -> MapSection:
    """Return a map section of the tonnes a year by which flows on links differ from those of the base.

    Both directions and all commodities together. Pointing at a line tells its name, the difference, and the
    tonnes before and after. With several plans, buttons choose which one is shown, all to one scale. Links
    that only one of the plans has are drawn too.

    Parameters
    ----------
    change : Comparison or Comparisons
        From `compare`.
    heading, note : str
        Texts beside the map.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> from landsea_routing.report.page import report_page
    >>> net = lsr.load_network("toy_three_ports")
    >>> base, river = lsr.assign(net), lsr.assign(lsr.load_scenario("river_all_year", net).apply(net))
    >>> html = report_page([difference_map(lsr.compare(base, river))], title="The river")
    >>> "inland_water gain" in html, "rail g1435 g1520 gain" in html
    (True, False)
    """
    if isinstance(change, Comparison):
        plans = dict(zip(change.names, (change.first, change.second), strict=True))
    else:
        plans = {change.base_name: change.base, **{name: c.second for name, c in change.each.items()}}
    return flow_map(plans, heading=heading, note=note, difference=True)
