from __future__ import annotations

import logging
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.spark.engine import Engine
    from tests.spark.lake import Lake

MASTER = "LINKEDIN_CONVERSIONS_SPARK_MASTER"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Spark for all tests: two cores, each task tried three times."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where the extra is installed

    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", str(ROOT))
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.local.dir": str(folder),
            # So short a life never earns back what the JVM computes to make itself fast: twice as much (measured).
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.sql.session.timeZone": "Europe/Berlin",
        }
        builder = SparkSession.builder.master("local[2,3]").appName("tests")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
    from target_linkedin_conversions.spark import LinkedInConversions  # noqa: PLC0415 - the same
    from tests.spark.killing import DyingConversions  # noqa: PLC0415 - the same

    session.dataSource.register(LinkedInConversions)
    session.dataSource.register(DyingConversions)
    yield session
    session.stop()


@pytest.fixture
def lake(spark: Any, linkedin: Sandbox, tmp_path: Path) -> Lake:
    from tests.spark.lake import Lake  # noqa: PLC0415 - the same

    return Lake(spark, linkedin, tmp_path)


@pytest.fixture
def engine(linkedin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    from tests.spark.engine import Engine  # noqa: PLC0415 - the same

    monkeypatch.setenv(MASTER, "local[2]")
    yield Engine(linkedin, tmp_path)
    logger = logging.getLogger("target_linkedin_conversions")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
