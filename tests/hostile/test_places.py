"""Where a file is said to be holds no secret of the URL that names it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.settings import Settings

CANARY = "canary7f3a91"


@pytest.mark.parametrize(
    ("root", "shown"),
    [
        (f"s3://bucket/path?token={CANARY}", "s3://bucket/path/runs/a.json"),
        (f"https://host/path/?sig={CANARY}&x=1#f", "https://host/path/runs/a.json"),
        (f"sftp://user:{CANARY}@host/path", "sftp://host/path/runs/a.json"),
        (f"sftp://user:{CANARY}?x@host/path", "sftp://…/runs/a.json"),
        (f"abfs://box@account/path#{CANARY}", "abfs://account/path/runs/a.json"),
        (f"simplecache::s3://{CANARY}@bucket/p?t={CANARY}", "simplecache::s3://bucket/p/runs/a.json"),
        (f"zip://a?t={CANARY}::https://u:{CANARY}@host/b.zip?s={CANARY}", "zip://a/runs/a.json"),
        (f"zip://a::https://u:{CANARY}@host/b.zip?s={CANARY}", "zip://a::https://host/b.zip/runs/a.json"),
        (f"sftp://u:a::{CANARY}@host/path", "sftp://host/path/runs/a.json"),
    ],
)
def test_a_place_on_a_url_is_shown_without_credentials_and_query(root: str, shown: str) -> None:
    assert Folder(root).place("runs/a.json") == shown


@given(st.text(alphabet="ab/:.-_", max_size=20), st.sampled_from("?#;"), st.text(alphabet="?#;&=@:/a", max_size=9))
def test_no_query_shows_however_it_is_written(path: str, mark: str, more: str) -> None:
    assert CANARY not in Folder(f"s3://host/{path}{mark}{more}{CANARY}").place("runs/a.json")


@pytest.mark.parametrize(
    "url", ["file://", "file:///", "FILE:////", "file://state", "file://localhost/x", "local://x/y"]
)
def test_a_url_of_files_names_a_folder_of_this_machine_whole(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^state_dir: a file:// URL needs the whole path"):
        Settings.load({"dry_run": True, "state_dir": url})
    assert Settings.load({"dry_run": True, "state_dir": "file:///tmp/x"}).state_dir == "file:///tmp/x"
