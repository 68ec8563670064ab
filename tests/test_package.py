"""The package as a whole: light to import, whole in its names, blind where it must be, harmless."""

import ast
import csv
import io
import re
import socket
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

import landsea_routing as lsr

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
KERNELS = [p for p in SOURCES if "kernels" in p.parts]
HEAVY = ("pandas", "scipy.optimize", "networkx", "pyproj", "shapely", "matplotlib", "joblib")
PUBLIC = (
    *("read_gmns", "write_gmns", "read_geojson", "write_geojson", "read_geopackage", "write_geopackage"),
    *("read_geoparquet", "write_geoparquet", "from_networkx", "to_networkx"),
    *("load_network", "read_network", "write_network", "packaged_networks", "check", "Network"),
    *("expand", "shortest_path", "skim", "assign", "compare", "Scenario", "load_scenario", "list_scenarios"),
    *("alternatives", "pareto_paths", "catchment", "reachable", "break_even"),
    *("calibrate", "calibrate_spread", "fitted_scenario", "Observation"),
    *("criticality", "curve", "design", "design_phases", "draws", "Phase", "Project", "sweep", "tornado"),
    *("bottlenecks", "explain_infeasible", "max_throughput", "reassign", "solve_min_cost_flow"),
    *("catchment_shares", "market_access", "answer_question", "load_question", "list_questions"),
    *("corridor_indicators", "plot", "to_deck", "to_html"),
    *("Status", "LandseaError", "NetworkError", "NoPathError", "InfeasibleError"),
)
ROUTE = ("length_km", "time_h", "cost_usd_per_t", "cost_money_usd_per_t", "co2e_kg_per_t")
TRANSPORT = (
    "rail railway track road truck lorry sea ship vessel port harbour river barge train wagon gauge border "
    "customs crossing freight cargo tonne tonnes ton tons teu container transload terminal tariff carrier "
    "transport city"
)


def imported_by(code: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after some code."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    )
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.count("|") == 2}


def test_a_name_that_is_not_there_is_guessed():
    done = subprocess.run(
        [sys.executable, "-c", "import landsea_routing as lsr; lsr.asign"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Did you mean: 'assign'?" in done.stderr


def test_importing_loads_nothing_heavy():
    loaded = imported_by("import landsea_routing")
    assert "landsea_routing" in loaded
    assert not [m for m in loaded if m.startswith(HEAVY)]


def test_a_route_needs_no_pandas_and_no_solver():
    code = (
        "import landsea_routing as lsr; from landsea_routing.io.detect import read_network;"
        "net = lsr.load_network('toy_three_ports', strict=False);"
        "print(lsr.shortest_path(lsr.expand(net), 'Ada', 'Boro'))"
    )
    loaded = imported_by(code)
    heavy = ("pandas", "scipy.optimize", "networkx", "shapely", "matplotlib", "joblib")
    assert not [m for m in loaded if m.startswith(heavy)]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_is_there_and_documented(name):
    assert name in lsr.__all__
    assert name in dir(lsr)
    assert (getattr(lsr, name).__doc__ or "").strip()


def test_all_names_resolve_and_unknown_ones_do_not():
    assert sorted(lsr.__all__) == sorted(PUBLIC)
    for name in lsr.__all__:
        assert getattr(lsr, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = lsr.no_such_name


def test_results_have_their_fixed_names():
    net = lsr.load_network("toy_three_ports")
    route = lsr.shortest_path(lsr.expand(net), "Ada", "Boro")
    assert all(isinstance(getattr(route, name), float) and getattr(route, name) > 0 for name in ROUTE)
    assert len(route.to_frame()) == len(route.legs)
    plan = lsr.assign(net)
    assert str(plan.status) == "optimal"
    assert plan.objective_usd == pytest.approx(147_176_000)  # by hand: networks/toy_three_ports/README.md
    assert plan.certificate.passed
    assert {"flow_t", "link"} <= set(plan.to_frame().columns)
    assert {"dual_usd_per_unit", "dual_usd_per_t"} <= set(plan.dual_prices().columns)
    assert plan.unserved()["unserved_t"].tolist() == pytest.approx([20_000])


def test_no_network_is_needed(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was asked for")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    net = lsr.load_network("toy_three_ports")
    assert lsr.shortest_path(lsr.expand(net), "Ada", "Boro").length_km > 0
    assert lsr.assign(net).certificate.passed


def test_no_place_name_in_the_code():
    names = set()
    for path in (ROOT / "networks").glob("*/nodes.csv"):
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))):
            names |= {row["id"], row["name"], row["name"].split(" (")[0]}
    names = {n for n in names if len(n) > 2}
    assert len(names) > 200
    pattern = re.compile(
        r"(?<![\w\\])(?:" + "|".join(map(re.escape, sorted(names))) + r")(?!\w)", re.IGNORECASE
    )
    found = [
        f"{path.name}:{number}: {hit}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if not line.lstrip().startswith((">>>", "..."))
        for hit in pattern.findall(line)
    ]
    assert found == []


def test_kernels_hold_no_word_of_transport():
    words = set(TRANSPORT.split())
    found = []
    for path in KERNELS:
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
                spoken = {w.lower() for w in re.findall(r"[A-Za-z]+", token.string.replace("_", " "))}
                found += [f"{path.name}:{token.start[0]}: {w}" for w in spoken & words]
    # The folder's own docstring says the law.
    assert [f for f in found if f != "__init__.py:1: transport"] == []
    assert len(KERNELS) > 5


def test_kernels_import_only_arrays_and_the_ground_floor():
    ground = {f"landsea_routing.{p.stem}" for p in (ROOT / "src" / "landsea_routing").glob("*.py")}
    ground -= {"landsea_routing.__main__", "landsea_routing._extras"}
    for path in KERNELS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                known = name in ground or name.startswith("landsea_routing.kernels")
                compiled = top == "numba" and path.parent.name == "_fast"
                allowed = known or compiled or top in {"numpy", "scipy"} | sys.stdlib_module_names
                assert allowed, f"{path.name}: {name}"


def _faults(tree: ast.AST) -> list[str]:
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            faults.append(f"{node.lineno}: assert")
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            faults.append(f"{node.lineno}: bare except")
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("eval", "exec")
        ):
            faults.append(f"{node.lineno}: {node.func.id}")
        elif isinstance(node, ast.Import):
            faults += [f"{node.lineno}: {a.name}" for a in node.names if a.name in FORBIDDEN_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and node.module in FORBIDDEN_IMPORTS:
            faults.append(f"{node.lineno}: {node.module}")
    return faults


FORBIDDEN_IMPORTS = (
    "pickle",
    "marshal",
    "shelve",
    "socket",
    "urllib",
    "urllib.request",
    "http.client",
    "subprocess",
)


ALLOWED_IMPORTS = {
    "printing.py": "subprocess",  # starts the browser that prints a report, where it is asked for
    "listen.py": "socket",  # listens on the loopback
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_source_is_harmless(path):
    faults = _faults(ast.parse(path.read_text("utf-8")))
    assert [fault for fault in faults if fault.split(": ")[1] != ALLOWED_IMPORTS.get(path.name)] == []


@pytest.mark.parametrize(
    "code", ["assert x", "eval('1')", "exec(a)", "import pickle", "try:\n    f()\nexcept:\n    pass"]
)
def test_the_judge_of_sources_sees_faults(code):
    assert len(_faults(ast.parse(code))) == 1


def test_wheel_carries_every_network():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    carried = set(settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"])
    folders = {f"networks/{p.parent.name}" for p in (ROOT / "networks").glob("*/network.toml")}
    licences = {f"networks/{p.name}" for p in (ROOT / "networks").glob("*LICENCE*")}
    assert carried == folders | licences
    assert set(lsr.packaged_networks()) == {f.removeprefix("networks/") for f in folders}


def test_nothing_names_the_machine_it_was_made_on():
    # Written in pieces, so that this file does not find itself.
    traces = re.compile(
        "|".join(
            ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/tm" + "p/", "shar" + "ed/", "pypi" + r"\.org"]
        )
    )
    texts = [p for kind in ("*.py", "*.md", "*.toml", "*.csv") for p in ROOT.rglob(kind)]
    texts = [
        p
        for p in texts
        if not any(part.startswith(".") or part == "build" for part in p.relative_to(ROOT).parts)
    ]
    found = [
        f"{p.relative_to(ROOT)}: {hit[0]}"
        for p in texts
        for hit in [traces.search(p.read_text("utf-8"))]
        if hit
    ]
    assert found == []
