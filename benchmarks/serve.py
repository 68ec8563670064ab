"""How fast the what-if page answers a slider that moves, from the request to the whole response.

    python benchmarks/serve.py [--moves N] [--seed S] [--network NAME] [--json]

Starts `landsea serve` on a free port and moves the sliders that the page shows first, one at a time, to
values drawn at random, no case asked twice; every fourth with a scenario ticked, which is asked alone before,
as a reader does, and timed apart. Wall time as the browser sees it, and the CPU time of the server, which a
busy machine changes less.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

BAR_S = 0.5
SCENARIO_EVERY = 4


class Timed(NamedTuple):
    """One request: wall and CPU seconds (NaN where the kernel does not tell), and bytes of the answer."""

    wall_s: float
    cpu_s: float
    size: int


def main() -> int:
    """Move sliders, print what it takes, and return 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--network", default="northeast_asia")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "landsea_routing", "serve", "--port", "0", "--json"]
    command += ["--network", arguments.network]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            address = urlsplit(json.loads(server.stdout.readline())["address"])
            found = measure(address.port, server.pid, arguments.moves, random.Random(arguments.seed))  # noqa: S311
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=60)
    print(json.dumps(found, indent=1) if arguments.json else words(found))
    return int(found["slider"]["median_s"] > BAR_S)


def measure(port: int, pid: int, moves: int, rng: random.Random) -> dict[str, Any]:
    """Ask for the page, then for `moves` slider moves."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=600)) as line:
        page, text = ask(line, pid, "GET", "/")
        block = re.search(r'id="desk-data">(.*?)</script>', text, re.DOTALL)
        desk = json.loads(block[1]) if block else {}
        scenarios = sorted(desk["turned"])
        sliders, ticked = [], []
        ask(line, pid, "POST", "/answer", {"levers": {}})
        for i in range(moves):
            slider = desk["sliders"][rng.choice(desk["first"])]
            value = rng.uniform(0, slider["most"]) * slider["factor"]
            case: dict[str, Any] = {"levers": {slider["lever"]: value}}
            if scenarios and i % SCENARIO_EVERY == 0:
                case["scenarios"] = [rng.choice(scenarios)]
                ticked.append(ask(line, pid, "POST", "/answer", {"scenarios": case["scenarios"]})[0])
            sliders.append(ask(line, pid, "POST", "/answer", case)[0])
        details = [ask(line, pid, "POST", "/details", case)[0]]
    return {
        "page": summary([page]),
        "slider": summary(sliders),
        "scenario": summary(ticked),
        "details": summary(details),
        "bar_s": BAR_S,
        "load": os.getloadavg()[0],
        "processors": os.cpu_count(),
    }


def ask(
    line: http.client.HTTPConnection, pid: int, method: str, path: str, body: Any = None
) -> tuple[Timed, str]:
    """Send one request and read the whole response."""
    cpu, wall = cpu_s(pid), time.perf_counter()
    line.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
    reply = line.getresponse()
    text = reply.read().decode()
    if reply.status != 200:
        raise SystemExit(f"{path} {body}: {reply.status} {text}")
    return Timed(time.perf_counter() - wall, cpu_s(pid) - cpu, len(text)), text


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.is_file():
        return float("nan")
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def summary(times: list[Timed]) -> dict[str, float]:
    """Median and worst of some requests."""
    if not times:
        return {"requests": 0}
    wall, cpu = sorted(t.wall_s for t in times), sorted(t.cpu_s for t in times)
    return {
        "requests": len(times),
        "median_s": statistics.median(wall),
        "best_s": wall[0],
        "worst_s": wall[-1],
        "median_cpu_s": statistics.median(cpu),
        "worst_cpu_s": cpu[-1],
        "kilobytes": statistics.median(t.size for t in times) / 1000,
    }


def words(found: dict[str, Any]) -> str:
    """Write the figures for a terminal."""
    lines = [
        f"{found['processors']} processors, load {found['load']:.1f}; bar: a slider in {BAR_S} s, median"
    ]
    for name in ("page", "slider", "scenario", "details"):
        s = found[name]
        if s["requests"]:
            lines.append(
                f"{name:9s} {s['requests']:3d} requests: median {s['median_s']:.3f} s, "
                f"best {s['best_s']:.3f}, worst {s['worst_s']:.3f}; CPU median {s['median_cpu_s']:.3f} s, "
                f"worst {s['worst_cpu_s']:.3f}; {s['kilobytes']:.0f} kB"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
