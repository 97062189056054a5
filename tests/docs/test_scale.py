"""What docs/scale.md shows for many jobs is what happens; the engines themselves are stood in for where they are not there."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import site
import subprocess
import sys
import types
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from target_linkedin_conversions import errors
from target_linkedin_conversions.settings.definitions import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "scale"
DAGSTER = ROOT / ".venvs" / "dagster" / "bin" / "python"
PAGE = (ROOT / "docs" / "scale.md").read_text()


def test_every_example_is_named_on_the_page() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == set(re.findall(r"\(scale/([\w.]+)\)", PAGE))


def test_the_environments_of_the_meltano_project_set_settings() -> None:
    environments = yaml.safe_load((FOLDER / "meltano.yml").read_text())["environments"]
    configs = [one["config"]["plugins"]["loaders"][0]["config"] for one in environments]
    assert all(config.keys() <= BY_NAME.keys() for config in configs)
    assert len({config["state_dir"] for config in configs}) == len(configs)
    assert len({config["conversion_rule"] for config in configs}) == len(configs)  # a rule belongs to one account
    for shared in ("quota_key", "ledger_url"):
        assert len({config[shared] for config in configs}) == 1


def test_the_cronjob_gives_up_where_a_person_must_act_and_nowhere_else() -> None:
    spec = yaml.safe_load((FOLDER / "cronjob.yaml").read_text())["spec"]["jobTemplate"]["spec"]
    (rule,) = spec["podFailurePolicy"]["rules"]
    people = {one.exit_code for one in errors.OperatorError.__subclasses__()}
    assert set(rule["onExitCodes"]["values"]) == people


@pytest.fixture
def config(linkedin: Sandbox, tmp_path: Path) -> Path:
    """Settings and rows of two streams, where the examples look for them."""
    entries = [
        {"stream": stream, "conversion_rule": rule, "consent": {"not_required": "a test"}}
        for stream, rule in (("leads", 101), ("orders", 103))
    ]
    settings = {"access_token": "sandbox-token", "api_url": linkedin.url, "oauth_url": linkedin.url, "streams": entries}
    (tmp_path / "config.json").write_text(json.dumps({**settings, "state_dir": str(tmp_path / "state")}))
    for stream, key in (("leads", "id"), ("orders", "order_id")):
        rows = [
            {
                key: n,
                "email": f"{n}@example.com",
                "happened_at": linkedin.now() - 60_000 - n,
                "value": 1,
                "currency": "EUR",
            }
            for n in range(3)
        ]
        (tmp_path / f"{stream}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_the_dag_delivers_each_account_by_itself(
    config: Path, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Any] = []
    monkeypatch.setitem(sys.modules, "airflow", types.ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.sdk", airflow_sdk(ended))
    monkeypatch.setitem(sys.modules, "airflow.sdk.exceptions", airflow_exceptions())
    run_dag(config, 101, 103)
    assert ended == [{"delivered": 3}, {"delivered": 3}]
    assert len(linkedin.received) == 6
    assert {path.name for path in (config / "var").iterdir()} == {"512345678", "598765432"}
    run_dag(config, 101, 103)
    assert ended[2:] == [{"already_delivered": 3}] * 2


def test_a_task_where_a_person_must_act_is_not_tried_again(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exceptions = airflow_exceptions()
    monkeypatch.setitem(sys.modules, "airflow", types.ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.sdk", airflow_sdk([]))
    monkeypatch.setitem(sys.modules, "airflow.sdk.exceptions", exceptions)
    with pytest.raises(exceptions.AirflowFailException, match="conversion_rule: expected"):
        run_dag(config, "no rule", 103)


def run_dag(config: Path, *rules: object) -> None:
    """The example on two accounts of these rules, with its folders here."""
    shared = json.loads((config / "config.json").read_text())
    entry = {"stream": "leads", "consent": {"not_required": "a test"}}
    ledger = {"ledger_url": f"sqlite:///{config / 'ledger.sqlite'}", "preflight": False}
    (config / "config.json").write_text(json.dumps({**shared, **ledger, "streams": [entry]}))
    accounts = [
        {"account_id": account, "conversion_rule": rule, "stream": "leads", "rows": str(config / "leads.jsonl")}
        for account, rule in zip((512345678, 598765432), rules, strict=True)
    ]
    (config / "accounts.json").write_text(json.dumps(accounts))
    example = (FOLDER / "airflow_dag.py").read_text().replace("/etc/conversions", str(config))
    (config / "dag.py").write_text(example.replace("/var/lib/conversions", str(config / "var")))
    runpy.run_path(str(config / "dag.py"))


def airflow_exceptions() -> Any:
    """The one exception of Airflow's that the example raises."""
    module: Any = types.ModuleType("airflow.sdk.exceptions")
    module.AirflowFailException = type("AirflowFailException", (Exception,), {})
    return module


def airflow_sdk(ended: list[Any]) -> types.ModuleType:
    """Just so much of Airflow that a mapped task is called once an item; what it returned is kept."""
    module: Any = types.ModuleType("airflow.sdk")

    def dag(**_: Any) -> Callable[[Any], Any]:
        return lambda function: function

    def task(function: Any = None, **_: Any) -> Any:
        if function is None:
            return task

        @wraps(function)
        def call(*args: Any) -> Any:
            return function(*args)

        call.expand = lambda **mapped: ended.extend(  # type: ignore[attr-defined]
            function(item) for items in mapped.values() for item in items
        )
        return call

    module.dag, module.task = dag, task
    return module  # type: ignore[no-any-return]


def test_each_asset_delivers_its_stream(config: Path, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dagster", dagster())
    shutil.copy(FOLDER / "dagster_assets.py", config)
    found = runpy.run_path(str(config / "dagster_assets.py"))
    results = {asset.name: asset(None) for asset in found["defs"].assets}
    assert {name: result.metadata["delivered"] for name, result in results.items()} == {
        "linkedin_leads": 3,
        "linkedin_orders": 3,
    }
    assert len(linkedin.received) == 6


_MATERIALISE = """
import json, runpy, sys
sys.path += json.loads(sys.argv[1])
import dagster
defs = runpy.run_path(sys.argv[2])["defs"]
result = dagster.materialize(list(defs.assets))
assert result.success
told = {
    event.asset_key.to_user_string(): event.materialization.metadata["delivered"].value
    for event in result.get_asset_materialization_events()
}
print(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.skipif(not DAGSTER.exists(), reason="Dagster has an environment of its own: make dagster")
def test_dagster_itself_materialises_each_asset_and_shows_the_counts(config: Path, linkedin: Sandbox) -> None:
    shutil.copy(FOLDER / "dagster_assets.py", config)
    beside = json.dumps([str(ROOT), *site.getsitepackages()])
    environment = {**os.environ, "DAGSTER_HOME": str(config), "DAGSTER_DISABLE_TELEMETRY": "1", "PYTHONPATH": ""}
    done = subprocess.run(
        [str(DAGSTER), "-c", _MATERIALISE, beside, str(config / "dagster_assets.py")],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {"linkedin_leads": 3, "linkedin_orders": 3}
    assert len(linkedin.received) == 6


def dagster() -> types.ModuleType:
    """Just so much of Dagster that an asset can be called."""
    module: Any = types.ModuleType("dagster")

    def asset(name: str, **_: Any) -> Callable[[Any], Any]:
        def named(function: Any) -> Any:
            function.name = name
            return function

        return named

    module.asset = asset
    module.Definitions = module.MaterializeResult = types.SimpleNamespace
    return module  # type: ignore[no-any-return]
