"""From the cost of one plan to that of another: what each part contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landsea_routing.errors import InvalidValueError, did_you_mean
from landsea_routing.graph.cost import LEDGER
from landsea_routing.results.assignment import Assignment

if TYPE_CHECKING:
    import pandas as pd

PARTS = {"line": ("line",), "commodity": ("commodity",), "both": ("commodity", "line")}
"""What the change of cost may be told by: lines of the ledger, commodities, or lines of each commodity."""


def plan_costs(plan: Assignment) -> pd.DataFrame:
    """Return the cost of a plan by commodity and line of the ledger; the rows sum to its objective.

    Columns commodity, line, cost_usd. What no commodity pays alone (steps of cost, contracts) has its line
    in the place of the commodity, too.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> costs = plan_costs(lsr.assign(lsr.load_network("toy_three_ports")))
    >>> round(costs["cost_usd"].sum())
    147176000
    """
    import pandas as pd

    names = plan.graph.network.commodities["id"].tolist()
    cost = np.zeros((len(names), len(LEDGER) + 1))
    classes = zip(plan.class_commodity, plan.arc_flow_t, plan.class_ledger_usd_per_t, strict=True)
    for commodity, flow, ledger in classes:
        used = np.flatnonzero(flow)
        cost[commodity, :-1] += ledger[:, used] @ flow[used]
    p, s = plan.problem, plan.solution
    if p.unserved_price is not None:
        np.add.at(cost[:, -1], plan.class_commodity[p.od_commodity], s.unserved * p.unserved_price)
    lines = (*LEDGER, "unserved")
    rows = [
        (c, line, x)
        for c, costs in zip(names, cost.tolist(), strict=True)
        for line, x in zip(lines, costs, strict=True)
    ]
    rows += [(line, line, x) for line, x in plan.ledger_usd.items() if line not in lines]
    return pd.DataFrame(rows, columns=["commodity", "line", "cost_usd"])


def cost_changes(first: Assignment, second: Assignment, by: str = "line") -> pd.DataFrame:
    """Return what each part adds to the cost of the first plan to make that of the second.

    Parameters
    ----------
    first, second : Assignment
    by : str
        One of `PARTS`.

    Returns
    -------
    DataFrame
        The columns of the parts and change_usd, which sums to the change of the objective. Lines stand in
        the order of the ledger, commodities in that of their table.

    Raises
    ------
    InvalidValueError
        The change cannot be told by that.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> cost_changes(plan, plan, "commodity").to_dict("list")
    {'commodity': ['container', 'coal', 'timber'], 'change_usd': [0.0, 0.0, 0.0]}
    """
    import pandas as pd

    if by not in PARTS:
        raise InvalidValueError(
            f"a waterfall is asked for by {by!r}",
            column="by",
            ids=(str(by),),
            expected=f"one of {', '.join(PARTS)}",
            cure=did_you_mean(str(by), PARTS) or "take one of them",
        )
    if by == "line":  # the sums of the plans themselves, to the last bit
        before, after = first.ledger_usd, second.ledger_usd
        lines = list({**before, **after})
        change = [after.get(line, 0.0) - before.get(line, 0.0) for line in lines]
        return pd.DataFrame({"line": lines, "change_usd": change})
    keys = [*PARTS[by]]
    sides = [plan_costs(plan).groupby(keys, sort=False)["cost_usd"].sum() for plan in (second, first)]
    order = dict.fromkeys([*sides[1].index, *sides[0].index])
    change = sides[0].reindex(list(order), fill_value=0.0) - sides[1].reindex(list(order), fill_value=0.0)
    return change.rename("change_usd").reset_index()
