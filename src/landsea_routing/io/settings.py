"""What a network says of itself, as TOML: `network.toml` in a folder, and the same text in other formats."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landsea_routing.errors import InvalidValueError, SchemaError
from landsea_routing.io.cells import read_text
from landsea_routing.model.network import Settings

SETTINGS_FILE = "network.toml"


def read_settings(folder: Path) -> Settings:
    """Read `network.toml` of a folder.

    Raises
    ------
    SchemaError
        It is missing, not TOML, or says too little.
    InvalidValueError
        A value is not what it must be.
    """
    path = folder / SETTINGS_FILE
    if not path.exists():
        raise SchemaError(
            f"{folder} has no {SETTINGS_FILE}",
            expected="a network.toml with at least name and base_year",
            cure="write one; see docs/tables.md",
        )
    return parse_settings(read_text(path), str(path), folder)


def parse_settings(text: str, path: str, folder: Path | None = None) -> Settings:
    """Read the text of a `network.toml`; `path` is what messages call it.

    Raises
    ------
    SchemaError
        It is not TOML, or says too little.
    InvalidValueError
        A value is not what it must be.

    Examples
    --------
    >>> parse_settings('name = "mine"' + chr(10) + "base_year = 2023", "network.toml").base_year
    2023
    """
    try:
        facts: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SchemaError(
            f"{path} cannot be read as TOML: {error}", expected="UTF-8 TOML", cure="correct the line named"
        ) from None
    missing = [key for key in ("name", "base_year") if key not in facts]
    if missing:
        raise SchemaError(
            f"{path} lacks {', '.join(missing)}",
            column=missing[0],
            expected="name and base_year",
            cure="add them at the top of the file",
        )
    return Settings(
        name=str(facts["name"]),
        title=str(facts.get("title", facts["name"])),
        base_year=_base_year(facts, path),
        unserved_price_usd_per_t=_positive(facts, "unserved_price_usd_per_t", path),
        default_commodity=str(facts.get("default_commodity", "")),
        facts=facts,
        folder=folder,
    )


def _base_year(facts: Mapping[str, Any], path: str) -> int:
    value = facts["base_year"]
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError(
            f"{path}: base_year is {value!r}",
            column="base_year",
            expected="a whole number",
            cure="correct it",
        )
    return value


def _positive(facts: Mapping[str, Any], key: str, path: str) -> float:
    value = facts.get(key, float("inf"))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise InvalidValueError(
            f"{path}: {key} is {value!r}", column=key, expected="a number > 0", cure="correct it"
        )
    return float(value)


def settings_text(settings: Settings) -> str:
    """Return settings as the text of a `network.toml`; the inverse of `parse_settings`.

    Examples
    --------
    >>> print(settings_text(Settings("mine", base_year=2023)), end="")
    name = "mine"
    base_year = 2023
    """
    known = {
        "name": settings.name,
        "title": settings.title,
        "base_year": settings.base_year,
        "unserved_price_usd_per_t": settings.unserved_price_usd_per_t,
        "default_commodity": settings.default_commodity,
    }
    known = {key: value for key, value in known.items() if value not in ("", float("inf"))}
    facts = {**settings.facts, **known}
    tables = {key: value for key, value in facts.items() if isinstance(value, Mapping)}
    lines = [f"{_toml_key(key)} = {_toml(value)}" for key, value in facts.items() if key not in tables]
    for key, table in tables.items():
        lines += ["", f"[{_toml_key(key)}]", *(f"{_toml_key(k)} = {_toml(v)}" for k, v in table.items())]
    return "\n".join(lines) + "\n"


def _toml_key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _toml(key)


def _toml(value: Any) -> str:
    """Write one value as TOML; nested tables inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, (bool, str)):
        # What JSON writes is TOML too, but for one character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value) if isinstance(value, (int, float)) else str(value)
