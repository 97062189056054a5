"""The finder finds: a search that finds nothing proves nothing by itself."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.privacy.finder import Finder, files_of

if TYPE_CHECKING:
    from pathlib import Path

VALUE = " Jördis.Kanarie@Private.example "
NORMAL = VALUE.strip().lower()
SLIPS: dict[str, bytes] = {
    "plain": NORMAL.encode(),
    "upper": NORMAL.upper().encode(),
    "decomposed": "jo\u0308rdis.kanarie@private.example".encode(),
    "json": json.dumps(NORMAL).encode(),
    "url": quote(NORMAL).encode(),
    "base64": base64.b64encode(NORMAL.encode()),
    "sha256": hashlib.sha256(NORMAL.encode()).hexdigest().encode(),
    "SHA256": hashlib.sha256(NORMAL.encode()).hexdigest().upper().encode(),
    "sha256_of_the_raw": hashlib.sha256(VALUE.encode()).hexdigest().encode(),
    "sha256_base64": base64.b64encode(hashlib.sha256(NORMAL.encode()).digest()),
    "sha256_bytes": hashlib.sha256(NORMAL.encode()).digest(),
    "bytes": repr(NORMAL.encode()).encode(),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_every_form_is_found(slip: bytes) -> None:
    assert Finder({"email": VALUE}).leaks([("the log", b"before " + slip + b" after")])


def test_another_value_is_not() -> None:
    assert Finder({"email": VALUE}).leaks([("the log", b"kanarie@private.example.org and joerdis")]) == []


def test_files_are_read_but_for_the_declared_exceptions(tmp_path: Path) -> None:
    for name in ("a.txt", "runs/b.json", "outbox/c.jsonl", "outbox/d/e", "credentials.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert {name for name, _ in files_of(tmp_path)} == {"a.txt", "runs/b.json"}
