"""What docs/spark.md shows can be read by whom it is for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from target_linkedin_conversions import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME

PAGE = (Path(__file__).parents[2] / "docs" / "spark.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
(CONFIG,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("block", PYTHON)
def test_every_block_is_python_and_its_options_are_options(block: str) -> None:
    compile(block, "docs/spark.md", "exec")
    pytest.importorskip("pyspark", reason="needs the extra spark")
    from target_linkedin_conversions.spark.options import CHECKPOINT, OWN_OPTIONS  # noqa: PLC0415 - behind the skip

    (given,) = re.findall(r"\.options\((.*?)\)", block, flags=re.DOTALL)
    names = set(re.findall(r"(\w+)=", given)) | {name.lower() for name in re.findall(r'\.option\("(\w+)"', block)}
    assert names <= {*OWN_OPTIONS, *BY_NAME, CHECKPOINT}


def test_the_options_in_sql_are_options() -> None:
    pytest.importorskip("pyspark", reason="needs the extra spark")
    from target_linkedin_conversions.spark.options import OWN_OPTIONS  # noqa: PLC0415 - behind the skip

    (block,) = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
    (given,) = re.findall(r"OPTIONS \((.*?)\)", block, flags=re.DOTALL)
    assert set(re.findall(r"(\w+) '", given)) == set(OWN_OPTIONS)


def test_the_settings_of_the_page_are_settings() -> None:
    settings = Settings.load(json.loads(CONFIG.replace("…", "token")))
    assert settings.rules == ("104",)
    assert settings.ledger_url is not None


def test_every_option_of_its_own_is_told() -> None:
    pytest.importorskip("pyspark", reason="needs the extra spark")
    from target_linkedin_conversions.spark.options import OWN_OPTIONS  # noqa: PLC0415 - behind the skip

    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)) == set(OWN_OPTIONS)
