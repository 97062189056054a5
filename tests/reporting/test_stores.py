"""A folder is the same to whoever uses it, on this machine and behind a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import ConfigError, UnreachableError
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.remote_store import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN = "20261123T104000Z-0a1b2c3d"
NAME = f"rejects/{RUN}.jsonl"


@pytest.fixture(params=["local", "file", "memory", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    match request.param:
        case "local":
            return str(tmp_path / "state")
        case "file":
            return f"file://{tmp_path / 'state'}"
        case "memory":
            return f"memory://{tmp_path.name}-stores"
        case _:
            found: str = request.getfixturevalue("s3")
            return found


def test_what_is_written_is_read_listed_made_once_and_removed(root: str) -> None:
    folder = Folder(root)
    folder.prepare()
    assert (folder.read("runs/a.json"), folder.names("runs"), list(folder.lines("runs/a.json"))) == (None, [], [])
    folder.write("runs/a.json", b"1\n2\n")
    folder.write("runs/b.json", b"x")
    folder.write("runs/a.json", b"3\n4\n")
    assert folder.read("runs/a.json") == b"3\n4\n"
    assert [line.strip() for line in folder.lines("runs/a.json")] == [b"3", b"4"]
    assert folder.names("runs") == ["a.json", "b.json"]
    assert [folder.create("alerts/x"), folder.create("alerts/x"), folder.create("alerts/y")] == [True, False, True]
    assert [folder.remove("runs/a.json"), folder.remove("runs/a.json")] == [True, False]
    assert folder.names("runs") == ["b.json"]
    assert folder.read(".gitignore") == b"*\n"


def test_what_another_process_has_written_is_seen(root: str) -> None:
    mine, others = Folder(root), Folder(root)
    mine.write("runs/a.json", b"1")
    assert mine.names("runs") == ["a.json"]
    others.write("runs/b.json", b"2")
    others.remove("runs/a.json")
    assert mine.names("runs") == ["b.json"]


def test_lines_grow_and_are_read_in_their_order_wherever_they_are(root: str) -> None:
    folder = Folder(root)
    journal = Journal(folder, NAME)
    for number in range(3):
        journal.write(b"%d" % number)
        journal.flush()
        journal.flush()
    journal.write(b"3")
    journal.close()
    parts = folder.parts(NAME)
    assert len(parts) == (1 if folder.is_local else 4)
    assert [line.strip() for part in parts for line in folder.lines(part)] == [b"0", b"1", b"2", b"3"]
    assert journal.place.endswith(RUN if "://" in root else f"{RUN}.jsonl")
    grown = folder.growing(NAME)
    with folder.held(grown) as is_ours:
        assert is_ours
    assert folder.remove(grown)
    assert folder.names("rejects") == []


def test_a_file_url_is_for_this_user_alone_as_a_path_is(tmp_path: Path) -> None:
    folder = Folder(f"file://{tmp_path / 'state'}")
    folder.write("runs/a.json", b"1")
    made = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    (tmp_path / "state").chmod(0o777)
    with pytest.raises(ConfigError, match="chmod go-w"):
        folder.prepare()


def test_a_bucket_that_is_not_there_is_nobodys_to_make(s3: str) -> None:
    folder = Folder(s3.replace("-bucket/", "-typo/"))
    for use in (folder.prepare, lambda: folder.write("runs/a.json", b"1")):
        with pytest.raises(
            ConfigError, match=r"^state_dir: s3://.*-typo/state cannot be written \(FileNotFoundError\)"
        ):
            use()
    assert folder.read("runs/a.json") is None


def test_a_storage_that_does_not_answer_is_tried_again_by_the_next_run(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    folder = Folder(f"{s3}/nowhere")
    folder._store._opened = _uncached(folder._store)  # type: ignore[union-attr]  # noqa: SLF001 - else an earlier client's
    with pytest.raises(UnreachableError, match="does not answer and cannot be written"):
        folder.prepare()


def _uncached(store: object) -> object:
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415

    return fsspec.core.url_to_fs(store._url, skip_instance_cache=True)  # type: ignore[attr-defined]  # noqa: SLF001


class _Broken:
    """A driver that raises whatever it is given, with a secret in it."""

    protocol = ("odd",)

    def __init__(self, error: Exception) -> None:
        self.error = error

    def pipe_file(self, *_: object, **__: object) -> None:
        raise self.error

    cat_file = ls = rm = invalidate_cache = pipe_file


class EndpointConnectionError(Exception):
    pass


class ClientAuthenticationError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (PermissionError("canary7f3a"), ConfigError),
        (ClientAuthenticationError("canary7f3a"), ConfigError),
        (ValueError("canary7f3a"), ConfigError),
        (ImportError("canary7f3a"), ConfigError),
        (ConnectionError("canary7f3a"), UnreachableError),
        (TimeoutError("canary7f3a"), UnreachableError),
        (OSError(5, "canary7f3a"), UnreachableError),
        (EndpointConnectionError("canary7f3a"), UnreachableError),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.write("a", b""),
        lambda store: store.read("a"),
        lambda store: store.names("a"),
        lambda store: store.remove("a"),
        lambda store: store.create("a", b""),
    ],
)
def test_whatever_a_driver_raises_is_one_sentence_without_a_secret(
    error: Exception, kind: type[Exception], use: Callable[[RemoteStore], object]
) -> None:
    store = RemoteStore("odd://user:canary7f3a@host/x?token=canary7f3a", "state_dir")
    store._opened = (_Broken(error), "x")  # noqa: SLF001 - in the place of a driver
    with pytest.raises(kind) as caught:
        use(store)
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_lines_that_a_storage_did_not_take_are_in_the_next_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(f"memory://{tmp_path.name}-retried")
    journal = Journal(folder, NAME)
    journal.write(b"1")
    with monkeypatch.context() as patch:
        patch.setattr(RemoteStore, "_at", _unreachable)
        with pytest.raises(UnreachableError):
            journal.flush()
    journal.write(b"2")
    journal.close()
    (part,) = folder.parts(NAME)
    assert folder.read(part) == b"1\n2\n"


def _unreachable(*_: object) -> None:
    raise UnreachableError("it is gone")
