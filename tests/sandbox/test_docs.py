"""The guide's examples are run, its tables held against the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from target_linkedin_conversions.sandbox import SandboxSettings
from target_linkedin_conversions.sandbox.analytics import FIELDS
from target_linkedin_conversions.sandbox.faults import Fault, FaultKind

GUIDE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(params=["curl", "stand-in"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A PATH with curl on it, the real one where this machine has it; the stand-in shows that either serves."""
    found = "/usr/bin:/bin"
    if request.param == "curl" and shutil.which("curl", path=found):
        return found
    stand_in = tmp_path / "curl"
    stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("curl.py")} "$@"\n')
    stand_in.chmod(0o755)
    return f"{tmp_path}:{found}"


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("bash"))
def test_each_curl_example_works(linkedin: Any, tmp_path: Path, block: str, tools: str) -> None:
    # The event of the guide happens now, on the wall clock, not on the tests' own.
    linkedin.configure(future_tolerance_ms=10**15)
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\nnoproxy = *\n")
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", block.replace("http://127.0.0.1:8765", linkedin.url)],
        env={"CURL_HOME": str(tmp_path), "PATH": tools},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_python_example_works() -> None:
    (example,) = blocks("python")
    environment = {"NO_PROXY": "*", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_of_the_reports_is_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", SandboxSettings.__struct_fields__)
def test_every_setting_is_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", [*get_args(FaultKind), *(f.name for f in msgspec.structs.fields(Fault))])
def test_every_fault_and_its_fields_are_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE or f"`{name}" in GUIDE


def test_every_control_endpoint_is_in_the_guide(client: Any) -> None:
    for endpoint in client.control("GET", "/nothing").json()["known"]:
        assert endpoint.partition(" ")[2] in GUIDE


def test_every_finding_is_in_the_guide() -> None:
    source = (Path(__file__).parents[2] / "target_linkedin_conversions" / "sandbox" / "lint.py").read_text(
        encoding="utf-8"
    )
    codes = re.findall(r'yield \(?"([a-z_0-9]+)"|else "(currency_\w+)"', source)
    assert len(codes) > 10
    for code in {one or other for one, other in codes}:
        assert f"`{code}`" in GUIDE
