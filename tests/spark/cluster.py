"""Spark's own cluster on this machine: a master and two workers, each on a loopback address of its own, as two hosts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark

from tests.singer.pipe import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS = ("127.0.0.1", "127.0.0.2")
"""Spark gives a copy of a task to another host only."""
_SPARK = Path(pyspark.__file__).parent
_LONGEST_START = 60.0


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """The URL of the master, which is up; what it and its workers write goes to the folder."""
    port = _free_port()
    master = f"spark://{HOSTS[0]}:{port}"
    with ExitStack() as stack:
        stack.enter_context(_daemon("master.Master", folder, HOSTS[0], "--port", str(port)))
        _wait_for(HOSTS[0], port)
        for host in HOSTS:
            place = folder / host
            options = ("--cores", "1", "--memory", "768m", "--work-dir", str(place), master)
            stack.enter_context(_daemon("worker.Worker", folder, host, *options))
        yield master


@contextmanager
def _daemon(name: str, folder: Path, host: str, *options: str) -> Iterator[None]:
    """One of Spark's own processes; it and whatever it started are gone at the end."""
    command = [str(_SPARK / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", host]
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_HOME": str(_SPARK),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": host,
    }
    with (folder / f"{name}-{host}.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--webui-port", "0", *options], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(_LONGEST_START)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOSTS[0], 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(host: str, port: int) -> None:
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("Spark's master did not start")
