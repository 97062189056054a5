"""`linkedin-conversions runs open`: a run's page in the browser, or where it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from target_linkedin_conversions.cli.browsing import opened
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.past_runs import no_such_run
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import Folder, run_of

__all__ = ["open_page"]


@click.command("open")
@click.argument("run", required=False)
@config_option
@click.option("--index", is_flag=True, help="The list of the last runs instead of one of them.")
@json_option("Only say where the page is, as one JSON object.")
def open_page(run: str | None, config: tuple[str, ...], index: bool, as_json: bool) -> None:
    r"""The page of a run, of the last one where none is named.

    Opens it in the browser; where there is none, or no terminal, it prints the page's path.

    \b
    Examples:
      linkedin-conversions runs open
      linkedin-conversions runs open --index
    """
    if run is not None and index:
        raise ConfigError("--index", "it lists all runs, and RUN names one", "leave out one of them")
    folder = Folder(load_settings(config).state_dir)
    place = folder.place(f"runs/{_page(folder, run, index=index)}")
    if as_json:
        click.echo(json.dumps({"page": place}))
    elif not (is_terminal() and folder.is_local and opened(Path(place).absolute().as_uri())):
        click.echo(place)


def _page(folder: Folder, run: str | None, *, index: bool) -> str:
    """The file's name; raises `ConfigError` where there is none."""
    if run is not None and run_of(run) != run:
        raise no_such_run("that is no name of a run")
    name = "index.html" if index else f"{run or 'last'}.html"
    if name in folder.names("runs"):
        return name
    if run is not None:
        if f"{run}.json" in folder.names("runs"):
            shown = f"`linkedin-conversions runs show {run}` shows its report"
            raise ConfigError("RUN", "that run left no page, as a replay of nothing does", shown)
        raise no_such_run("there is no page of that run")
    raise ConfigError(folder.setting, f"there is no page {folder.place(f'runs/{name}')}", folder.mend_where_empty)


def is_terminal() -> bool:
    """Whether a person sees what is printed."""
    return sys.stdout.isatty()
