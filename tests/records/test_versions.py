from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.versions import VERSIONS, carries

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = [f"2026{month:02}" for month in range(1, 9)]


@pytest.mark.parametrize("version", OLD)
def test_oracles_id_leaves_on_versions_that_know_it(stream: Callable[..., Any], version: str) -> None:
    old = stream(fields={"oracle_moat_id": "moat", "email": False}, settings={"linkedin_version": version})
    assert old.ids(moat="m-1") == [("ORACLE_MOAT_ID", "m-1")]


@pytest.mark.parametrize("version", ["202609", "202610", "203001"])
def test_oracles_id_is_dropped_from_202609_on_and_never_costs_the_event(
    stream: Callable[..., Any], version: str, jane_hash: str
) -> None:
    new = stream(fields={"oracle_moat_id": "moat"}, settings={"linkedin_version": version}, on_bad_field="reject")
    assert new.ids(moat="m-1") == [("SHA256_EMAIL", jane_hash)]
    assert new.left_out(moat="m-1") == [("oracle_moat_id", "unsupported_by_version")]
    assert new.rejected(email=None, moat="m-1") == ["no_identifier", "unsupported_by_version"]


@pytest.mark.parametrize(
    ("version", "key"),
    [*((old, "firstName") for old in OLD), ("202609", "hashedFirstName"), ("202701", "hashedFirstName")],
)
def test_names_are_hashed_from_202609_on(stream: Callable[..., Any], version: str, key: str) -> None:
    names = stream(fields={"first_name": "a", "last_name": "b"}, settings={"linkedin_version": version})
    assert key in names.user(a="Mary", b="Doe")["userInfo"]


@pytest.mark.parametrize(
    ("name", "carried"),
    [("202512", "202601"), ("202601", "202601"), ("202609", "202609"), ("209912", VERSIONS[-1].name)],
)
def test_an_unknown_version_carries_what_the_nearest_older_one_does(name: str, carried: str) -> None:
    assert carries(name).name == carried


def test_versions_stand_oldest_first() -> None:
    assert list(VERSIONS) == sorted(VERSIONS, key=lambda version: version.name)
