"""The container: what it copies is there, what it installs is declared, and it needs no more than it says."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX
from tests.singer.pipe import as_bytes, environment, record, schema, state

if TYPE_CHECKING:
    from tests.singer.pipe import Pipe

ROOT = Path(__file__).parents[2]
FILE = ROOT / "Dockerfile"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CRONJOB = ROOT / "docs" / "scale" / "cronjob.yaml"


def steps() -> list[tuple[str, str]]:
    """Every instruction and what stands behind it, on one line."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [
        (word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())
    ]


def of(word: str) -> list[str]:
    """What stands behind each instruction of a kind."""
    return [rest for found, rest in steps() if found == word]


def test_a_linter_of_dockerfiles_finds_nothing() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([linter, str(FILE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    wanted = {name.removeprefix("!") for name in ignored if name.startswith("!")}
    copied = {name for rest in of("COPY") if "--from" not in rest for name in rest.split()[:-1]}
    assert copied == wanted
    assert all((ROOT / name).exists() for name in copied)
    needed = [PROJECT["readme"], *PROJECT["license-files"]]
    assert all(any(fnmatch.fnmatch(name, one) for one in copied) for name in needed)


def test_it_is_slim_and_of_a_python_that_is_admitted() -> None:
    images = {rest.split()[0] for rest in of("FROM")}
    (image,) = images
    assert (found := re.fullmatch(r"python:(3\.\d+)-slim", image))
    assert f"Programming Language :: Python :: {found[1]}" in PROJECT["classifiers"]


def test_it_installs_extras_that_are_declared_by_the_pins_of_the_project() -> None:
    (install,) = [rest for rest in of("RUN") if "pip install" in rest]
    words = shlex.split(install)
    extras = words[-1].removeprefix(".[").removesuffix("]").split(",")
    assert set(extras) <= PROJECT["optional-dependencies"].keys()
    assert words[words.index("-c") + 1] == "constraints.txt"
    assert "--no-cache-dir" in words


def test_it_runs_as_nobody_in_particular_and_writes_to_its_volume_only() -> None:
    kinds = [word for word, _ in steps()]
    assert of("USER") == ["10001:10001"]
    assert kinds.index("USER") > max(at for at, kind in enumerate(kinds) if kind == "RUN")
    assert of("VOLUME") == of("WORKDIR")[-1:] == ["/state"]
    settings = dict(pair.split("=", 1) for pair in shlex.split(of("ENV")[0]))
    ours = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in settings.items()
        if name.startswith(ENVIRONMENT_PREFIX)
    }
    assert ours == {"state_dir": "/state"}
    assert ours.keys() <= BY_NAME.keys()
    assert not re.search(r"token|secret|password", FILE.read_text().partition("\nFROM")[2], re.IGNORECASE)


def test_the_cronjob_runs_it_as_it_wants_to_be_run() -> None:
    pod = yaml.safe_load(CRONJOB.read_text())["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    user, group = of("USER")[0].split(":")
    assert (str(pod["securityContext"]["runAsUser"]), str(pod["securityContext"]["fsGroup"])) == (user, group)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {"/tmp", *of("VOLUME")} <= mounted  # noqa: S108 - a path of the container
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert container["args"][:2] == ["--config", "ENV"]


@pytest.mark.slow
def test_its_command_writes_nothing_but_into_its_volume(pipe: Pipe) -> None:
    """Everything else that it could write to is locked, as under `--read-only`; root alone would not mind."""
    volume, locked = pipe.folder / "state", pipe.folder / "root"
    volume.mkdir()
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    before = {path: path.stat().st_mtime_ns for path in (pipe.folder, locked)}
    (entry,) = of("ENTRYPOINT")
    program = re.findall(r'"([^"]+)"', entry)
    assert program[0] in PROJECT["scripts"]
    arguments = re.findall(r'"([^"]+)"', of("CMD")[0])
    variables = {name: value for name, value in pipe.config.items() if isinstance(value, str)}
    variables |= {"conversion_rule": "101", "state_dir": str(volume), "consent": '{"not_required": "a test"}'}
    lines = [schema(), record(pipe.linkedin.now(), 1), state(at=1)]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program[0])), *arguments],
        input=as_bytes(lines),
        capture_output=True,
        check=False,
        cwd=volume,
        env=environment(
            **{f"{ENVIRONMENT_PREFIX}{name.upper()}": value for name, value in variables.items()},
            HOME=str(volume),
            TMPDIR=str(locked),
            PYTHONDONTWRITEBYTECODE="1",
        ),
    )
    assert done.returncode == 0, done.stderr.decode()
    assert len(pipe.linkedin.received) == 1
    assert {path: path.stat().st_mtime_ns for path in (pipe.folder, locked)} == before
    assert {path.name for path in volume.iterdir()} >= {"ledger.sqlite", "runs"}
