"""A network as it is in one month."""

from __future__ import annotations

import numpy as np

from landsea_routing.errors import InvalidValueError
from landsea_routing.model.calendars import ALL_YEAR
from landsea_routing.model.network import Network
from landsea_routing.units import MONTHS_PER_YEAR


def in_month(network: Network, month: int) -> Network:
    """Return the network that one month would be if it lasted all year.

    Links and crossings that are shut in the month are closed; those of the season stay open all year. Flows,
    limits and costs of an assignment are then yearly rates of that month: a month is a twelfth of them.

    Parameters
    ----------
    network : Network
    month : int
        1 to 12.

    Raises
    ------
    InvalidValueError
        There is no such month.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> [str(in_month(net, month).links["status"][9]) for month in (1, 7)]
    ['closed', 'operating']
    """
    if type(month) is not int or not 1 <= month <= MONTHS_PER_YEAR:
        raise InvalidValueError(
            f"month is {month!r}",
            column="month",
            ids=(month,),
            expected="a whole number from 1 to 12",
            cure="correct it",
        )
    tables = {}
    for name in ("links", "crossings"):
        table = network.tables[name]
        status, months = table["status"], table["open_months"]
        is_open = (months >> (month - 1)) & 1 == 1
        shut = ~is_open & (status == "operating")
        tables[name] = table.with_columns(
            status=np.where(shut, "closed", status), open_months=np.where(is_open, ALL_YEAR, months)
        )
    return network.with_tables(**tables)
