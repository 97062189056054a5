"""`linkedin-conversions schema`: what one conversion event may look like."""

from __future__ import annotations

import json

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.records.schema import conversion_schema, schema_file
from target_linkedin_conversions.records.versions import KNOWN, carries
from target_linkedin_conversions.settings import values

__all__ = ["schema"]


@click.command()
@config_option
@click.option("--linkedin-version", metavar="YYYYMM", help="Default: the setting linkedin_version.")
@json_option("The schema on one line.")
def schema(config: tuple[str, ...], linkedin_version: str | None, as_json: bool) -> None:
    r"""Print the JSON Schema (2020-12) of one conversion event.

    \b
    Examples:
      linkedin-conversions schema > conversion.schema.json
      linkedin-conversions schema --linkedin-version 202605
    """
    if linkedin_version is None:
        name = load_settings(config).linkedin_version
    else:
        name = values.version(linkedin_version, "--linkedin-version")
    version = carries(name)
    if name not in KNOWN:
        click.echo(f"! version {name} is not known to this release; this is what {version.name} takes", err=True)
    click.echo(json.dumps(conversion_schema(version)) if as_json else schema_file(version), nl=as_json)
