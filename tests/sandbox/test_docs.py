"""The guide's examples are run, its tables held against the code."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from target_linkedin_conversions.sandbox import SandboxSettings
from target_linkedin_conversions.sandbox.faults import Fault, FaultKind

GUIDE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("block", blocks("bash"))
def test_each_curl_example_works(linkedin: Any, tmp_path: Path, block: str) -> None:
    # The event of the guide happens now, on the wall clock, not on the tests' own.
    linkedin.configure(future_tolerance_ms=10**15)
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\nnoproxy = *\n")
    done = subprocess.run(
        [
            "/bin/bash",
            "-euo",
            "pipefail",
            "-c",
            block.replace("http://127.0.0.1:8765", linkedin.url),
        ],
        env={"CURL_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr


def test_the_python_example_works() -> None:
    (example,) = blocks("python")
    exec(compile(example, "docs/sandbox.md", "exec"), {})  # noqa: S102 - the guide is ours


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
