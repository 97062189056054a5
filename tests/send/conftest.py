"""`linkedin-conversions send` called in this process, against the sandbox, in a folder of its own."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main
from tests.numbers import wrongly_many
from tests.singer.pipe import exit_code

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox

EXPORTS = Path(__file__).parent / "exports"
_DAYS_AGO = re.compile(r"@(\d+):([^@]*)@")
RULE = ("--rule", "101")
AGREED = ("--consent", "not-required: a test")


def export(name: str, now: int) -> str:
    """The text of an export; `@3:%Y-%m-%d@` in it is three days ago."""
    today = datetime.fromtimestamp(now / 1000, UTC)
    text = (EXPORTS / name).read_text(encoding="utf-8")
    return _DAYS_AGO.sub(lambda found: (today - timedelta(days=int(found[1]))).strftime(found[2]), text)


class Send:
    """`send FILE ARGUMENTS`: exit code, stdout and stderr; the token comes from the environment."""

    def __init__(self, folder: Path, linkedin: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.linkedin, self._capsys = folder, linkedin, capsys
        self.now = linkedin.now()

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        code = exit_code(main, ["send", *map(str, arguments)])
        out, err = self._capsys.readouterr()
        assert wrongly_many(out + err) == []
        return code, out, err

    def counts(self, *arguments: object) -> dict[str, int]:
        """The report's counts of a run that goes without a question and ends well."""
        code, out, err = self(*arguments, "--yes", "--json")
        assert code == 0, err
        found: dict[str, int] = json.loads(out)["counts"]
        return found

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def export(self, name: str, encoding: str = "utf-8") -> Path:
        return self.file(name, export(name, self.now).encode(encoding))

    def ago(self, days: float, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
        return (datetime.fromtimestamp(self.now / 1000, UTC) - timedelta(days=days)).strftime(form)

    def leads(self, *numbers: int, **changes: str) -> str:
        """A CSV of good rows; `changes` replace the cells of their columns."""
        rows = [
            {"id": f"{n}", "email": f"row.{n}@example.com", "happened_at": self.ago(1 + n / 10)} | changes
            for n in numbers
        ]
        return as_csv(rows)

    def not_sent(self, path: Path) -> list[dict[str, str]]:
        """What `FILE.not-sent.csv` holds."""
        beside = path.with_name(f"{path.name}.not-sent.csv")
        if not beside.exists():
            return []
        assert beside.stat().st_mode & 0o777 == 0o600
        text = beside.read_text(encoding="utf-8-sig")
        delimiter = ";" if text.splitlines()[0].count(";") else ","
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))

    @property
    def received(self) -> list[dict[str, Any]]:
        return self.linkedin.received


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def send(
    tmp_path: Path, linkedin: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Send:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    for name, value in (("ACCESS_TOKEN", "sandbox-token"), ("API_URL", linkedin.url), ("OAUTH_URL", linkedin.url)):
        monkeypatch.setenv(f"TARGET_LINKEDIN_CONVERSIONS_{name}", value)
    return Send(tmp_path, linkedin, capsys)
