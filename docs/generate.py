"""Writes what says the same as the code: settings, reasons, the command line, the JSON Schema of an event.

`python docs/generate.py` writes them; `--check` only says whether they are up to date (exit 1 if not).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from target_linkedin_conversions.cli.main import program
from target_linkedin_conversions.readiness.catalogue import CATALOGUE, OF_FILES
from target_linkedin_conversions.records.reasons import BY_LINKEDIN, DELIVERIES, MESSAGES, SKIPS
from target_linkedin_conversions.records.schema import schema_file
from target_linkedin_conversions.records.versions import VERSIONS
from target_linkedin_conversions.settings.definitions import SETTINGS, WITHOUT_EFFECT
from target_linkedin_conversions.settings.entry_fields import CONSTANT_FIELDS, FIELDS
from target_linkedin_conversions.settings.entry_keys import ENTRY_KEYS

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Written by `make docs`; change the code instead. -->\n\n"


def settings_page() -> str:
    """The table of settings."""
    rows = [
        f"| `{setting.name}` | {setting.kind}{', secret' if setting.secret else ''} | {_default(setting.default)} | "
        f"{setting.description}{_options(setting.options)} |"
        for setting in SETTINGS
    ]
    lines = ["# Settings", "", *_INTRODUCTION, "", "| setting | kind | default | meaning |", "|---|---|---|---|", *rows]
    lines += [
        "",
        "## Keys of an entry of streams",
        "",
        *_OF_ENTRIES,
        "",
        "| key | meaning | for example |",
        "|---|---|---|",
    ]
    lines += [f"| `{key.name}` | {key.meaning} | `{key.name}: {key.example}` |" for key in ENTRY_KEYS]
    fields = ", ".join(f"`{field}`" for field in FIELDS)
    constants = ", ".join(f"`{field}`" for field in CONSTANT_FIELDS)
    lines += ["", f"Keys of `fields`: {fields}.", f"Keys of `constants`: {constants}."]
    lines += ["", "Accepted without effect: " + ", ".join(f"`{name}`" for name in WITHOUT_EFFECT) + ".", ""]
    return NOTE + "\n".join(lines)


_INTRODUCTION = (
    "In a Singer config file, in Meltano, or with `--config ENV` as variables `TARGET_LINKEDIN_CONVERSIONS_<NAME>`.",
    "`--config` may be given several times: a later file counts above an earlier one, and the environment above all files. Without `ENV` no variable is read, except by a command of `linkedin-conversions` that has no `--config` at all; Meltano reads variables itself and hands their values over.",
    'Every value is taken typed or as text: `true` or `"yes"`, `101` or `"101"`, a list or its JSON. A name that is no setting ends with exit 2 and the',
    "nearest one that is; a variable of that kind is a warning.",
)


_OF_ENTRIES = (
    "`streams` is a list, with an entry for each stream, or several. [mapping.md](mapping.md) shows each key at work; names of columns are those that arrive, after",
    "stream maps and flattening.",
)


FINDINGS = CATALOGUE | OF_FILES


def reasons_page() -> str:
    """The tables of reasons."""
    lines = [
        "# Why an event was not sent",
        "",
        "## Rejected, or a field left out",
        "",
        "| code | what to do |",
        "|---|---|",
    ]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in MESSAGES.items()]
    lines += ["", "## Skipped", "", "| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in SKIPS.items()]
    lines += ["", "## Rejected by LinkedIn", ""]
    lines += [
        f"The code is `{BY_LINKEDIN}`, and the message is LinkedIn's own. `linkedin-conversions rejects replay` sends the event again as it was; to change it, let the tap bring its record again."
    ]
    lines += ["", "## Delivered before, in doubt, or marked", "", "| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in DELIVERIES.items()]
    lines += [
        "",
        "## Findings about rows",
        "",
        "Of `preview`, and of a run where it can count them without cost. [What their severity means](runs.md#the-words-on-the-page).",
    ]
    lines += ["", "| code | severity | it means | what to do |", "|---|---|---|---|"]
    lines += [
        f"| `{code}` | {kind.severity} | {kind.sentence} | {kind.mend} |" for code, kind in sorted(FINDINGS.items())
    ]
    return NOTE + "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help texts of the companion program."""
    parts = ["# The companion program", "", *_help(program, "linkedin-conversions", None)]
    return NOTE + "\n".join(parts) + "\n"


def _help(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=100, max_content_width=100, **command.context_settings
    )
    lines = [f"## `{context.command_path}`", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found is not None:
                lines += _help(found, sub, context)
    return lines


def _default(default: object) -> str:
    return (
        ""
        if default is None or default in ([], {})
        else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )


def _options(options: tuple[str, ...]) -> str:
    return " One of " + ", ".join(f"`{option}`" for option in options) + "." if options else ""


def event_schema() -> str:
    """The schema of an event of the newest known version."""
    return schema_file(VERSIONS[-1])


FILES = {
    "docs/settings.md": settings_page,
    "docs/reasons.md": reasons_page,
    "docs/commands.md": commands_page,
    "target_linkedin_conversions/records/conversion.schema.json": event_schema,
}


def main(arguments: list[str]) -> int:
    """Write or check every file."""
    stale = [name for name, made in FILES.items() if _content(ROOT / name) != made()]
    if "--check" in arguments:
        for name in stale:
            sys.stderr.write(f"{name} is out of date: run `make docs`\n")
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(FILES[name](), encoding="utf-8")
    return 0


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
