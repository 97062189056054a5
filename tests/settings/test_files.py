from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.files import read_config
from target_linkedin_conversions.settings.lists import json_or

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary7f3a"


def test_a_later_file_wins_over_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text('{"client_id": "a", "batch_size_rows": 1}', encoding="utf-8")
    second.write_text('\ufeff{"batch_size_rows": 2}', encoding="utf-8")
    assert read_config([first, str(second)]) == {"client_id": "a", "batch_size_rows": 2}
    assert read_config([]) == {}


@pytest.mark.parametrize("form", ["file://{}", "file:{}", "FILE://localhost{}", "file://{}  "])
@pytest.mark.parametrize("name", ["config.json", "of%20all.json", "of all.json"])
def test_a_url_of_a_file_of_this_machine_is_its_path(tmp_path: Path, form: str, name: str) -> None:
    """As Spark and browsers write it, with escapes or without."""
    file = tmp_path / name
    file.write_text('{"client_id": "a"}')
    assert read_config([form.format(file)]) == {"client_id": "a"}
    assert read_config([f"file://{quote(str(file))}"]) == {"client_id": "a"}


@pytest.mark.parametrize("url", ["file://{}/none.json", "file:///tmp/%00", "file:///tmp/" + "x" * 300])
def test_a_url_of_no_file_is_a_fault_that_names_the_option(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"^--config: "):
        read_config([url.format(tmp_path)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        f'{{"access_token": "{CANARY}"'.encode(),
        f'["{CANARY}"]'.encode(),
        f'"{CANARY}"'.encode(),
        b'{"access_token": "\xff' + CANARY.encode(),
        b'{"batch_size_rows": ' + b"7" * 5000 + b"}",
        b"[" * 100_000,
    ],
    ids=["empty", "cut off", "a list", "a text", "no utf-8", "endless number", "endless nesting"],
)
def test_a_file_that_is_no_json_object_is_named_and_its_content_is_not(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config([path])
    assert str(caught.value).startswith(f"--config: the file {path} ")
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ConfigError, match=r"^--config: the file .* cannot be read"):
            read_config([path])


TWICE = ('{"streams": [], "streams": []}', '{"streams": [{"consent": {"column": "ok", "column": "id"}}]}')


@pytest.mark.parametrize("content", TWICE)
def test_a_name_that_stands_twice_in_an_object_is_refused_for_only_the_last_would_count(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "config.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"says '\w+' twice in one object.*; keep one of the two"):
        read_config([path])
    with pytest.raises(ConfigError, match=r"twice in one object.*; keep one of the two"):
        json_or(content, dict)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('{"access_token": "canary", "access_token": "canary2"}', "'access_token' twice in one object"),
        ('{"streams": [{"stream": "a", "stream": "b"}]}', "'stream' twice in one object"),
        ('{"quota_key": "canary\\ud800"}', "half of a character"),
        ('// canary\n{"access_token": "canary"}', "JSON has no comments"),
        ('{"access_token": "canary",}', "no comma behind the last entry"),
        ("{'access_token': 'canary'}", "double quotes"),
    ],
)
def test_what_a_file_says_twice_or_not_as_json_is_said_with_its_mend_and_not_repeated(
    tmp_path: Path, text: str, mend: str
) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_config([path])
    assert mend in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("name", ["jane.canary7f3a@example.com", "AQX" + CANARY * 20])
def test_a_name_that_is_no_setting_is_not_repeated_where_it_may_be_somebody_or_a_token(name: str) -> None:
    with pytest.raises(ConfigError, match="unknown setting") as raised:
        Settings.load({name: 1})
    assert CANARY not in str(raised.value)
