"""Every test runs with leaves as they are, and so small that small graphs have many cells."""

import pytest

from landsea_routing.kernels.hierarchy import order


@pytest.fixture(scope="module", autouse=True, params=[order.LEAF, 3], ids=["leaves", "small_leaves"])
def leaf(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "LEAF", request.param)
        yield request.param
