"""GMNS folders of somebody else: units, speeds and uses of links, and what has to be assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError, SchemaError, did_you_mean, list_ids
from landsea_routing.io.cells import Rows, read_cells
from landsea_routing.io.foreign import adopt, fill_lengths, lengths_km
from landsea_routing.model.column import REQUIRED
from landsea_routing.model.network import Course, Network
from landsea_routing.model.schema import SCHEMAS

GEOMETRY_FILE = "geometry.csv"
KM = {
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1.0),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1e-3),
    **dict.fromkeys(("mi", "mile", "miles"), 1.609344),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048e-3),
}
"""Kilometres in a unit of length."""
KM_H = {
    **dict.fromkeys(("km/h", "kmh", "kph", "kmph", "km_h"), 1.0),
    **dict.fromkeys(("mph", "mi/h"), 1.609344),
    **dict.fromkeys(("m/s", "mps"), 3.6),
}
"""Kilometres an hour in a unit of speed."""
NO_FREIGHT = ("walk", "bike", "bicycle", "ped", "pedestrian", "transit", "bus")
"""Uses of a link that carry none."""
DIRECTED = {
    **dict.fromkeys(("true", "1", "1.0", "t", "yes", "y"), "yes"),
    **dict.fromkeys(("false", "0", "0.0", "f", "no", "n"), "no"),
}
"""Whether a link is one-way, by its cell of `directed`."""
READ = (
    "zone_id",
    "directed",
    "free_speed",
    "allowed_uses",
    "geometry",
    "geometry_id",
    "dir_flag",
    "capacity",
)
"""Columns that were heeded, or left out with a word of their own."""
LIKELY = 0.8, 4.0
"""Length over distance, in the middle of all links, if the unit of length is the right one."""
WINDING = 1.5
"""Longer than that a network may be; as likely its lengths are in km and not, as it says, in miles."""


def numbers(rows: Rows, column: str, file: str, key: str, least: float = -np.inf) -> FloatArray:
    """Return the numbers of a column; raises InvalidValueError that names the rows without one."""
    values = [_number(row[column]) for row in rows]
    wrong = [row for row, v in zip(rows, values, strict=True) if not least <= v < np.inf or v == -np.inf]
    expected = "a finite number" if least == -np.inf else f"a finite number >= {least:g}"
    _refuse(wrong, rows, column, file, key, f"{expected}; a point marks decimals")
    return np.array(values, dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text.replace("_", ","))
    except ValueError:
        return np.nan


def oneways(rows: Rows, file: str) -> list[str]:
    """Return for each link whether it is `directed`, as words of our tables.

    Without a word in that column each row is a direction of its own: so write the programs that leave it.

    Raises
    ------
    InvalidValueError
        A link does not say it.

    Examples
    --------
    >>> oneways([{"link_id": "1", "directed": "TRUE"}, {"link_id": "2", "directed": "0"}], "link.csv")
    ['yes', 'no']
    """
    if not any(row.get("directed") for row in rows):
        return ["yes"] * len(rows)
    said = [DIRECTED.get(row["directed"].lower(), "") for row in rows]
    wrong = [row for row, word in zip(rows, said, strict=True) if not word]
    _refuse(wrong, rows, "directed", file, "link_id", "true or false")
    return said


def _refuse(wrong: Rows, rows: Rows, column: str, file: str, key: str, expected: str) -> None:
    """Name the rows whose cell cannot be read."""
    if wrong:
        cells = [f"{row[key]} ({row[column][:40]!r})" for row in wrong]
        raise InvalidValueError(
            f"{file}: {column} cannot be read in {len(wrong)} of {len(rows)} rows ({list_ids(cells)})",
            table=Path(file).stem,
            column=column,
            ids=cells,
            expected=expected,
            cure="fill it in",
        )


def unit(config: Mapping[str, Any], name: str, units: Mapping[str, float]) -> float:
    """Return the size of a unit that `config.csv` names; the first of `units` where it names none.

    Raises
    ------
    SchemaError
        The unit is not known.

    Examples
    --------
    >>> unit({"long_length": "Mile"}, "long_length", KM)
    1.609344
    """
    word = str(config.get(name, next(iter(units)))).lower()
    if word not in units:
        raise SchemaError(
            f"config.csv: {name} is {word!r}",
            table="config",
            column=name,
            ids=(word,),
            expected=f"one of {', '.join(units)}",
            cure=did_you_mean(word, units) or f"correct it, or give {name}=",
        )
    return units[word]


def adopt_gmns(
    folder: Path,
    config: Mapping[str, Any],
    nodes: Rows,
    links: Rows,
    courses: Mapping[str, Course],
    *,
    mode: str,
    strict: bool,
) -> Network:
    """Make a network of nodes and links under our names, in degrees and kilometres.

    Raises
    ------
    InvalidValueError
        Lengths cannot be in the unit that is said.
    LandseaError
        As `landsea_routing.io.foreign.adopt`.
    """
    usual = {"crs": "EPSG:4326", "long_length": next(iter(KM)), "speed": next(iter(KM_H))}
    said = [f"config.csv gives no {name}: {word}" for name, word in usual.items() if name not in config]
    if not any(link.get("directed") for link in links):
        said.append("link.csv does not say what is directed: each row is one direction")
    apart = any(link.get("geometry_id") and not link.get("geometry") for link in links)
    if apart and not (folder / GEOMETRY_FILE).exists():
        said.append(f"geometry_id of links left out: there is no {GEOMETRY_FILE}, so they are straight")
    _check_unit(config, nodes, links, courses, said)
    fill_lengths(nodes, links, courses, said)
    nodes = _places(nodes, said)
    others = _beside(folder, said)
    speeds = _speeds(links, unit(config, "speed", KM_H), mode, bool(others.get("tariffs")), said)
    source = {"source": f"GMNS folder {folder.name}"}
    unread = [
        [{c: v for c, v in row.items() if c not in READ} | source for row in rows] for rows in (nodes, links)
    ]
    return adopt(
        str(config.get("dataset_name", folder.name)),
        *unread,
        courses=courses,
        others=others,
        speeds_km_h=speeds,
        assumed=said,
        folder=folder,
        strict=strict,
    )


def _check_unit(
    config: Mapping[str, Any], nodes: Rows, links: Rows, courses: Mapping[str, Course], said: list[str]
) -> None:
    """Refuse lengths that are far from those of the lines drawn: their unit is another one."""
    if len({node["id"] for node in nodes}) < len(nodes):
        return  # distances from a node that stands twice say nothing; the checks name it
    measured = [link for link in links if link.get("length_km")]
    length = np.array([float(link["length_km"]) for link in measured])
    drawn = np.array([float(text or "nan") for text in lengths_km(nodes, measured, courses)])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = length / drawn
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    if not ratio.size or LIKELY[0] <= np.median(ratio) <= LIKELY[1]:
        if ratio.size and np.median(ratio) > WINDING:
            name = config.get("long_length", "km")
            said.append(f"links are {np.median(ratio):.3g} x as long as drawn: are their lengths in {name}?")
        return
    size = unit(config, "long_length", KM)
    better = min(("km", "m", "mi", "ft"), key=lambda u: abs(np.log(np.median(ratio) * KM[u] / size)))
    fits = KM[better] != size
    raise InvalidValueError(
        f"links are {np.median(ratio):.3g} x as long as drawn, in {config.get('long_length', 'km')}",
        table="link",
        column="length",
        expected=f"about 1; in {better} it would be {np.median(ratio) * KM[better] / size:.3g}"
        if fits
        else "about 1; no other unit fits better",
        cure=f"correct config.csv, or give long_length={better!r}"
        if fits
        else "correct the lengths or the positions; without the column length they are measured",
    )


def _beside(folder: Path, said: list[str]) -> dict[str, Rows]:
    """Read our own tables beside the files of GMNS; a file that has but the name of one is said."""
    found = {}
    for name, schema in SCHEMAS.items():
        file = folder / f"{name}.csv"
        if name in ("nodes", "links") or not file.exists():
            continue
        header, rows = read_cells(file)
        ours = {column.name for column in schema.columns if column.default is REQUIRED}
        if ours & set(header):
            found[name] = rows
        else:
            said.append(f"{file.name} left out: it has none of the columns {', '.join(sorted(ours))}")
    return found


def _places(nodes: Rows, said: list[str]) -> Rows:
    kinds = SCHEMAS["nodes"].column("kind").choices
    if any(row.get("kind") and row["kind"] not in kinds for row in nodes):
        said.append("words of node_type that are no kind of node here: city")
    has_zones = any(row.get("zone_id") for row in nodes)
    if has_zones:
        said.append("only nodes with a zone_id load and unload")
    loads = [{"loads": "all" if row.get("zone_id") else ""} if has_zones else {} for row in nodes]
    return [
        {**row, "kind": row["kind"] if row.get("kind") in kinds else "", **load}
        for row, load in zip(nodes, loads, strict=True)
    ]


def _speeds(links: Rows, factor: float, mode: str, has_tariffs: bool, said: list[str]) -> dict[str, float]:
    """Set mode, status and delay of links; return the fastest speed of each mode.

    A tariff has one speed for a mode: the fastest. What is slower waits, so that each link takes as long as
    its own `free_speed` says. Tariffs that are given have speeds of their own.
    """
    fastest: dict[str, float] = {}
    shut = 0
    if not all(link.get("mode") for link in links):
        said.append(f"links without mode: {mode}")
    for link in links:
        uses = {word.lower() for word in re.split(r"[,;|\s]+", link.get("allowed_uses", "")) if word}
        if uses and uses <= set(NO_FREIGHT):
            link["status"], shut = "closed", shut + 1
        link["mode"] = link.get("mode") or mode
    fast = [link for link in links if link.get("free_speed")]
    if fast and has_tariffs:
        said.append("free_speed left out: tariffs.csv says how fast carriage is")
        fast = []
    told = (factor * numbers(fast, "free_speed", "link.csv", "id", least=0)).tolist()
    known = [(link, speed) for link, speed in zip(fast, told, strict=True) if speed > 0]
    for link, speed in known:
        fastest[link["mode"]] = max(fastest.get(link["mode"], 0.1), speed)
    for link, speed in known:
        length = float(link["length_km"] or "nan")
        link["delay_h"] = repr(max(length / speed - length / fastest[link["mode"]], 0.0))
    unknown = sum(link["mode"] in fastest for link in links) - len(known)
    if unknown:
        said.append(f"{unknown} links without free_speed, or with 0: as fast as the fastest of their mode")
    if shut:
        said.append(f"{shut} links that only {', '.join(NO_FREIGHT)} may use: closed")
    if any(link.get("capacity") for link in links):
        said.append("capacity left out: it counts passenger cars an hour and lane, not tonnes")
    return fastest
