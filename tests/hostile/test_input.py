"""Whatever a tap writes: exit 7 or a clear 2, never a crash, and nothing of a person in the log."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from contextlib import suppress
from itertools import product
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import lines
from tests.hostile.trial import CANARY, WAYS, assert_laws, try_input
from tests.size import sized

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(sized(120, 3600))

SLOWEST = sized(20, 120)
"""Seconds within which any of these inputs ends, on a machine that does other things too."""


def try_lines(*found: str | bytes, way: str = "plain") -> int:
    """The exit code of a run over these lines, for which the laws held."""
    data = b"\n".join(line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass") for line in found)
    ended = try_input(data + b"\n", way)
    assert_laws(ended)
    assert ended.seconds < SLOWEST
    return ended.code


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=sized(25, 1_000), suppress_health_check=list(HealthCheck))
@given(data=lines.inputs)
def test_any_input_ends_as_promised(way: str, data: bytes) -> None:
    assert_laws(try_input(data, way))


@settings(max_examples=sized(25, 1_000))
@given(data=st.binary(max_size=2000), way=st.sampled_from(list(WAYS)))
def test_any_bytes_end_as_promised(data: bytes, way: str) -> None:
    assert_laws(try_input(data, way))


@pytest.mark.parametrize(
    ("column", "way"),
    sized([*((column, "plain") for column in lines.COLUMNS), ("email", "mapped")], list(product(lines.COLUMNS, WAYS))),
)
def test_any_value_in_any_column_ends_as_promised(column: str, way: str) -> None:
    for text in lines.VALUES.values():
        assert try_lines(lines.schema(), lines.record(**{column: text}), way=way) in {0, 7}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", lines.SCHEMAS.values(), ids=lines.SCHEMAS)
def test_any_schema_ends_as_promised_and_in_time(text: str, way: str) -> None:
    rows = [lines.record(note=value) for value in ('"x"', "7", "null", '{"note": {"note": {}}}')]
    assert try_lines(lines.schema(text), *rows, way=way) in {0, 7}


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """The URL of a site that answers nothing, and who asked it for something."""
    asked: list[str] = []

    def hang_up() -> None:
        with suppress(OSError):
            while True:
                connection, (caller, _) = listening.accept()
                asked.append(caller)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=hang_up, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/schema", asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(30)


@pytest.mark.parametrize("way", WAYS)
def test_no_schema_makes_the_target_fetch_anything(way: str, site: tuple[str, list[str]]) -> None:
    place, asked = site
    for found in ({"$ref": place}, {"$id": place, "$schema": place, "$ref": "x"}):
        text = json.dumps({"properties": {**lines.PROPERTIES, "note": found}})
        try_input("\n".join([lines.schema(text), lines.record(note="7")]).encode(), way)
    assert asked == []


@pytest.mark.parametrize("kind", lines.BASES)
def test_any_value_in_any_field_of_a_message_ends_as_promised(kind: str) -> None:
    base = {"type": json.dumps(kind), **lines.BASES[kind]}
    values = ["null", "7", '"x"', "[null]", '{"a": 1}']
    more = ["1.5", "true", '""', "[]", "[7]", "{}", "[[]]", "9" * 400]
    for field in (*base, "bookmark_properties", *sized([], ["version", "time_extracted"])):
        for value in sized(values, values + more):
            found = [lines.schema(), lines.message(**{**base, field: value}), lines.record()]
            for way in sized(["mapped"], list(WAYS)):
                try_lines(*found, way=way)


@pytest.mark.parametrize("name", ["", ".", "a.b", 'q"', "\\", "\0", "x" * 100_000, "email.x", "__class__", "\u202e"])
def test_any_name_of_a_stream_column_or_key_ends_as_promised(name: str) -> None:
    text = json.dumps(name)
    properties = lines.message(id="{}", email="{}", happened_at="{}", **{name: "{}"})
    row = lines.message(**{**lines.ROW, name: "1"})
    for way in sized(["flattened"], list(WAYS)):
        for keys in ("[]", f"[{text}]"):
            found = lines.message(properties=properties)
            schema = lines.message(type='"SCHEMA"', stream=text, schema=found, key_properties=keys)
            try_lines(schema, lines.message(type='"RECORD"', stream=text, record=row), way=way)


def test_a_key_of_a_message_that_is_there_twice_ends_as_promised() -> None:
    twice = (
        '{"type": "RECORD", "type": "STATE", "stream": "leads", "record": {"id": 1}, "value": {"a": 1}, "record": 7}'
    )
    for way in WAYS:
        assert try_lines(lines.schema(), twice, lines.record(), way=way) in {0, 7}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp037"])
def test_text_in_another_encoding_is_no_singer_input(encoding: str) -> None:
    assert try_lines(lines.schema().encode(encoding), lines.record().encode(encoding)) == 7


def test_lines_may_be_empty_or_end_as_on_windows() -> None:
    assert try_lines("", "\r", " \t\r", lines.schema() + "\r", "", lines.record() + "\r", "") == 0


BATCH_FILES: dict[str, bytes] = {
    "no_json": CANARY.encode(),
    "a_list": b"[1]\n",
    "deep": lines.nested(100_000).encode(),
    "half_a_line": lines.message(**lines.ROW).encode()[:-5],
    "an_integer_of_10,000_digits": b'{"id": ' + b"9" * 10_000 + b"}",
    "gzip_cut_short": gzip.compress(lines.message(**lines.ROW).encode() * 50)[:-20],
    "gzip_with_a_wrong_sum": gzip.compress(b'{"id": 1}')[:-8] + b"\0" * 8,
    "gzip_of_no_gzip": gzip.compress(gzip.compress(b"x")),
    "zlib": zlib.compress(b'{"id": 1}'),
    "invalid_utf8": b'{"id": "\xff"}',
    "empty": b"",
    "blank": b"\n \n\r\n",
}


@pytest.mark.parametrize("content", BATCH_FILES.values(), ids=BATCH_FILES)
def test_any_file_of_a_batch_ends_as_promised(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_bytes(content)
    for compression in ('"gzip"', '"none"', "null", "7"):
        encoding = f'{{"format": "jsonl", "compression": {compression}}}'
        manifest = json.dumps([path.as_uri()])
        batch = lines.message(type='"BATCH"', stream='"leads"', encoding=encoding, manifest=manifest)
        for way in sized(["plain"], list(WAYS)):
            assert try_lines(lines.schema(), batch, way=way) in {0, 7}


@pytest.mark.parametrize(
    "place", ["", "/", "file://", "file:///", "file:///dev/null", "C:\\x", "::", "://", "\0", "~", "."]
)
def test_any_place_of_a_batch_ends_as_promised(place: str) -> None:
    manifest = json.dumps([place])
    batch = lines.message(type='"BATCH"', stream='"leads"', encoding='{"format": "jsonl"}', manifest=manifest)
    assert try_lines(lines.schema(), batch) in {0, 7}
