"""The files of a BATCH message, read record by record and never whole."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.helpers._batch import StorageTarget

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["raw_records"]


def raw_records(message: dict[str, Any], config: dict[str, Any] | None) -> Iterator[msgspec.Raw]:
    """Every record of a BATCH's JSONL files, plain or gzipped; raises `InvalidLineError`."""
    encoding, manifest = message.get("encoding"), message.get("manifest")
    if not isinstance(encoding, dict) or not isinstance(manifest, list):
        raise InvalidLineError("a BATCH needs an encoding and a manifest")
    if encoding.get("format") != "jsonl":
        raise ConfigError(
            "batch_config",
            "the tap sends batches in a format other than JSONL",
            "set the tap's batch_config.encoding.format: jsonl",
        )
    storage = _storage(config)
    for path in manifest:
        yield from _lines(str(path), storage, gzipped=encoding.get("compression") == "gzip")


def _storage(config: dict[str, Any] | None) -> StorageTarget | None:
    """Where the files are, if the settings say it."""
    if not config or not config.get("storage"):
        return None
    try:
        return StorageTarget(**config["storage"])
    except TypeError:
        raise ConfigError(
            "batch_config.storage",
            "expected an object with root and, if needed, prefix and params",
            "for example {root: s3://bucket/batches}",
        ) from None


def _lines(path: str, storage: StorageTarget | None, *, gzipped: bool) -> Iterator[msgspec.Raw]:
    try:
        head, tail = StorageTarget.split_url(path)
        with (storage or StorageTarget.from_url(head)).open(tail, mode="rb") as file:
            for line in gzip.GzipFile(fileobj=file) if gzipped else file:
                if line.strip():
                    yield msgspec.Raw(line)
    except (OSError, EOFError, ValueError, ImportError, zlib.error) as error:
        raise InvalidLineError(f"a file of its BATCH cannot be read ({type(error).__name__})") from None
