"""Every code that a report, a preview or a list of rejects can hold is explained on docs/reasons.md."""

from __future__ import annotations

import re

import pytest

from target_linkedin_conversions.readiness.catalogue import CATALOGUE, OF_FILES
from target_linkedin_conversions.records.reasons import BY_LINKEDIN, DELIVERIES, MESSAGES, SKIPS
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "reasons.md").read_text()


@pytest.mark.parametrize("code", sorted({*MESSAGES, *SKIPS, *DELIVERIES, *CATALOGUE, *OF_FILES, BY_LINKEDIN}))
def test_every_code_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_every_row_of_a_table_has_its_cells() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert {len(re.split(r" \| ", row.strip("| "))) for row in rows} == {2, 4}
