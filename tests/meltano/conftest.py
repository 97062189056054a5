from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.meltano.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def project(tmp_path: Path, linkedin: Sandbox) -> Project:
    return Project(tmp_path, linkedin.url, linkedin.now())
