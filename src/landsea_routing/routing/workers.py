"""Work in parts, here or elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from landsea_routing.errors import InvalidValueError

Part = TypeVar("Part")


def count_workers(n_jobs: int | None) -> int:
    """Return how many workers `n_jobs` stands for; None is what joblib's context says, 1 without one.

    Raises
    ------
    InvalidValueError
        It is 0 or no whole number.

    Examples
    --------
    >>> count_workers(None), count_workers(2)
    (1, 2)
    """
    if n_jobs is not None and (type(n_jobs) is not int or n_jobs == 0):
        raise InvalidValueError(
            f"n_jobs is {n_jobs!r}",
            column="n_jobs",
            ids=(n_jobs,),
            expected="a whole number: 1 or more workers, -1 for all processors",
            cure="leave it out to work in this process, or as joblib's context says",
        )
    if n_jobs == 1:
        return 1
    from joblib import effective_n_jobs

    return max(1, int(effective_n_jobs(n_jobs)))


def run_parts(
    work: Callable[..., Part], parts: Sequence[tuple[Any, ...]], n_jobs: int | None
) -> Iterator[Part]:
    """Do the same work for all parts and give the results in their order.

    Where the work is done is for joblib to say: with one worker it is here; `joblib.parallel_config` chooses
    processes, threads or a cluster.

    Examples
    --------
    >>> list(run_parts(pow, [(2, 3), (3, 2)], 1))
    [8, 9]
    """
    if n_jobs == 1:
        yield from (work(*part) for part in parts)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_jobs, return_as="generator")(delayed(work)(*part) for part in parts)


def lost_worker_errors() -> tuple[type[BaseException], ...]:
    """Return the errors that say that workers died, not that the work is wrong: it may be sent again.

    Examples
    --------
    >>> issubclass(BrokenProcessPool, lost_worker_errors())
    True
    """
    errors: tuple[type[BaseException], ...] = (BrokenProcessPool, CancelledError)
    # Only who works on a cluster has loaded what tells of it.
    cluster = sys.modules.get("distributed")
    if cluster is not None:
        errors += (cluster.KilledWorker, cluster.client.FutureCancelledError)
    return errors
