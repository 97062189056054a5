from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[2] / "target_linkedin_conversions"
RUN = "from target_linkedin_conversions.cli.sandbox import sandbox; sandbox(prog_name='sandbox')"
WITHOUT = "import sys; sys.modules[{name!r}] = None; "


def command(*arguments: str, before: str = "") -> list[str]:
    return [sys.executable, "-c", before + RUN, *arguments]


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}


@pytest.fixture
def started(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command("--port", "0", "--json", "--rules", "7,8"),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_is_and_a_signal_ends_it_with_0(started: subprocess.Popen[str], number: int) -> None:
    assert started.stdout is not None
    ready = json.loads(started.stdout.readline())
    assert ready["pid"] == started.pid
    assert ready["url"].startswith("http://127.0.0.1:")
    rules = requests.get(f"{ready['url']}/_sandbox/rules", timeout=30).json()["rules"]
    assert [rule["id"] for rule in rules] == [7, 8]
    started.send_signal(number)
    assert started.wait(30) == 0


@pytest.mark.parametrize("name", ["starlette.requests", "uvicorn"])
def test_without_its_extra_the_command_exits_2_and_says_what_to_install(environment: dict[str, str], name: str) -> None:
    # A module that is None raises ModuleNotFoundError, as one that is not installed does.
    done = subprocess.run(
        command("--port", "0", before=WITHOUT.format(name=name)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 2
    assert "pip install 'target-linkedin-conversions[sandbox]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", ["nonsense", '{"name": "no id"}', '[{"id": 1, "typo": 2}]', "[null]"])
def test_rules_that_cannot_be_read_exit_2(environment: dict[str, str], tmp_path: Path, content: str) -> None:
    file = tmp_path / "rules.json"
    file.write_text(content)
    done = subprocess.run(
        command("--port", "0", "--rules", str(file)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: --rules")


def test_importing_the_package_imports_no_web_library(environment: dict[str, str]) -> None:
    look = (
        "import sys, target_linkedin_conversions.sandbox;"
        "print([m for m in sys.modules if m.partition('.')[0] in"
        " {'uvicorn', 'starlette', 'h11', 'requests', 'singer_sdk', 'sqlalchemy'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout.strip() == "[]"


def test_the_sandbox_reads_linkedins_rules_on_its_own() -> None:
    allowed = {"msgspec", "starlette", "uvicorn", *sys.stdlib_module_names}
    for file in sorted((PACKAGE / "sandbox").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                own = name.startswith("target_linkedin_conversions.sandbox")
                assert own or name.partition(".")[0] in allowed, f"{file.name} imports {name}"


def test_a_taken_port_exits_2(environment: dict[str, str], linkedin: Any) -> None:
    done = subprocess.run(
        command("--port", str(linkedin.port)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 2
    assert f"--port {linkedin.port} cannot be used" in done.stderr
