"""The demo's Meltano project: the shipped `meltano.yml`, pointed at this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from docs.demo.guard import require_loopback

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = ROOT / ".demo"
STATE_DIR = WORKSPACE / "state"
ENVIRONMENT = "demo"
TAP = "tap-postgres"
TARGET = "target-linkedin-conversions"
RESULTS_TAP = "tap-linkedin-conversions-results"
WAREHOUSE = "target-postgres"
RESULTS_SCHEMA = "linkedin_results"
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox


def new_workspace() -> Path:
    """An empty folder of the demo's own; what an earlier call left is gone."""
    shutil.rmtree(WORKSPACE, ignore_errors=True)
    WORKSPACE.mkdir()
    return WORKSPACE


def write_project(linkedin: str) -> Path:
    """Write the project and return its file; raises `NotLoopbackError` for any other machine."""
    project = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
    for plugins in project["plugins"].values():
        for plugin in plugins:
            # The programs are in this environment already: nothing is installed, nobody asked.
            del plugin["pip_url"]
    project["plugins"]["loaders"].append(_warehouse())
    project["environments"].append({"name": ENVIRONMENT, "config": _config(linkedin)})
    project["default_environment"] = ENVIRONMENT
    path = WORKSPACE / "meltano.yml"
    path.write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")
    return path


def _warehouse() -> dict[str, Any]:
    """The loader that brings the results into the same PostgreSQL: MeltanoLabs', in an environment of its own (`make demo`)."""
    config = {
        # libpq finds the socket by PGHOST where the host is empty.
        "sqlalchemy_url": "postgresql+psycopg://postgres@/postgres",
        "default_target_schema": RESULTS_SCHEMA,
    }
    settings = [{"name": name, "kind": "string"} for name in config]
    return {
        "name": WAREHOUSE,
        "namespace": "target_postgres",
        "executable": str(ROOT / ".venvs" / WAREHOUSE / "bin" / WAREHOUSE),
        "settings": settings,
        "config": config,
    }


def _config(linkedin: str) -> dict[str, Any]:
    # libpq finds the socket by PGHOST where the host is empty.
    warehouse = {"host": "", "user": "postgres", "password": "", "database": "postgres"}
    target = {
        "api_url": require_loopback(linkedin),
        "oauth_url": require_loopback(linkedin),
        "access_token": TOKEN,
        "account_id": 512345678,
        "state_dir": str(STATE_DIR),
        "results_log": True,
    }
    results = {"state_dir": str(STATE_DIR)}
    return {
        "plugins": {
            "extractors": [{"name": TAP, "config": warehouse}, {"name": RESULTS_TAP, "config": results}],
            "loaders": [{"name": TARGET, "config": target}],
        }
    }
