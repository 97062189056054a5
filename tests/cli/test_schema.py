"""`linkedin-conversions schema`, and the file of the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main
from target_linkedin_conversions.records.schema import conversion_schema
from target_linkedin_conversions.records.versions import KNOWN, VERSIONS
from target_linkedin_conversions.settings.definitions import DEFAULT_VERSION

if TYPE_CHECKING:
    from tests.cli.conftest import Companion


def packaged() -> Any:
    return json.loads(files("target_linkedin_conversions.records").joinpath("conversion.schema.json").read_text())


def test_the_file_of_the_package_is_the_schema_of_the_newest_version() -> None:
    assert packaged() == conversion_schema(VERSIONS[-1])


def test_it_needs_no_config(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["schema"])
    assert end.value.code == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == conversion_schema(KNOWN[DEFAULT_VERSION])
    assert err == ""


def test_json_is_the_same_on_one_line(companion: Companion) -> None:
    _, out, _ = companion("schema", "--json")
    assert len(out.splitlines()) == 1
    assert json.loads(out) == conversion_schema(KNOWN[DEFAULT_VERSION])


@pytest.mark.parametrize("version", KNOWN)
def test_it_prints_the_schema_of_a_version(companion: Companion, version: str) -> None:
    assert companion.data("schema", "--linkedin-version", version) == conversion_schema(KNOWN[version])


def test_the_setting_chooses_the_version_and_the_option_wins(companion: Companion) -> None:
    assert companion.data("schema", linkedin_version="202601") == conversion_schema(KNOWN["202601"])
    chosen = companion.data("schema", "--linkedin-version", "202608", linkedin_version="202601")
    assert chosen == conversion_schema(KNOWN["202608"])


def test_an_unknown_version_is_the_nearest_older_one_and_says_so(companion: Companion) -> None:
    code, out, err = companion("schema", "--linkedin-version", "203001")
    assert code == 0
    assert json.loads(out) == packaged()
    assert "203001 is not known" in err


def test_what_is_no_version_exits_2(companion: Companion) -> None:
    code, _, err = companion("schema", "--linkedin-version", "latest")
    assert code == 2
    assert "YYYYMM" in err
