"""No version with a known hole is admitted, and what is admitted is tried: `make test-oldest` runs on the floors."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNS = [
    *PROJECT["dependencies"],
    *(one for extra in ("sandbox", "postgres", "parquet", "s3") for one in PROJECT["optional-dependencies"][extra]),
]
FLOORS = {
    found.name: Version(spec.version)
    for found in map(Requirement, RUNS)
    for spec in found.specifier
    if spec.operator in {">=", "~="}
}


def pins(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text().splitlines()
    found = (re.match(r"([A-Za-z0-9_.-]+)==([^;\s]+)", line) for line in lines)
    return {each[1].lower().replace("_", "-"): Version(each[2]) for each in found if each}


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("urllib3", "2.7.0"),
        ("starlette", "1.3.1"),
        ("requests", "2.33.0"),
        ("Jinja2", "3.1.6"),
        ("h11", "0.16.0"),
        ("python-dotenv", "1.2.2"),
    ],
)
def test_the_floor_lies_past_what_is_known_of_earlier_versions(name: str, fixed: str) -> None:
    assert FLOORS[name] >= Version(fixed)
    assert pins("constraints.txt")[name.lower()] >= Version(fixed)


def test_the_oldest_versions_are_exactly_the_floors() -> None:
    oldest = pins("constraints-oldest.txt")
    assert {name.lower(): floor for name, floor in FLOORS.items()}.items() <= oldest.items()
    assert oldest.keys() - {name.lower() for name in FLOORS} == {"psycopg-binary"}
