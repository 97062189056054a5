"""What stops at Spark's driver, before anything is sent, and what it reads of its options."""

from __future__ import annotations

import json
from typing import Any

import pytest

pyspark = pytest.importorskip("pyspark", reason="needs the extra spark")

from pyspark import SparkFiles  # noqa: E402 - behind the skip
from pyspark.sql.types import (  # noqa: E402 - the same
    ArrayType,
    DataType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    VariantType,
    YearMonthIntervalType,
)

from target_linkedin_conversions.errors import (  # noqa: E402 - the same
    ConfigError,
    LedgerError,
)
from target_linkedin_conversions.settings.definitions import BY_NAME  # noqa: E402 - the same
from target_linkedin_conversions.settings.other_names import SPARK_NAMES  # noqa: E402 - the same
from target_linkedin_conversions.spark.options import CHECKPOINT, OWN_OPTIONS  # noqa: E402 - the same
from tests.spark.conftest import MASTER  # noqa: E402 - the same
from tests.spark.engine import SCHEMA, Engine  # noqa: E402 - the same
from tests.spark.writing import ENTRY  # noqa: E402 - the same

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"batch_sise_rows": 5}, "options: unknown option 'batch_sise_rows'; did you mean 'batch_size_rows'?"),
    "case": ({"batchSizeRow": 5}, "did you mean 'batch_size_rows'?"),
    "other-name": ({"token": "t"}, "options: unknown option 'token'; did you mean 'access_token'?"),
    "of-singer": ({"key_properties": "id"}, "options: unknown option 'key_properties'; did you mean 'key'?"),
    "of-jdbc": ({"dbtable": "leads"}, "options: unknown option 'dbtable'; did you mean 'stream'?"),
    "of-spark": ({"checkpoint": "c"}, "options: unknown option 'checkpoint'; did you mean 'checkpointLocation'?"),
    "field": ({"email": "mail"}, "it belongs in an entry: streams: [{stream: NAME, fields: {email: COLUMN}}]"),
    "of-another-sink": (
        {"compression": "gzip"},
        "options: unknown option 'compression'; known are stream, key, config,",
    ),
    "value": ({"batch_size_rows": "many"}, "batch_size_rows: expected a whole number from 1 to 5000"),
    "json": ({"streams": "leads"}, "streams: expected a list"),
    "column": (
        {"streams": [{**ENTRY, "fields": {"email": "mail"}}]},
        "streams[0].fields.email: the stream's schema has no column 'mail'; did you mean 'email'?",
    ),
    "key": ({"key": "idd"}, "key: unknown column 'idd'; did you mean 'id'?"),
    "no-key": ({"key": " "}, "key: expected a column's name, or several with commas between"),
    "no-keys": ({"key": ","}, "key: expected a column's name, or several with commas between"),
    "stream": ({"stream": "lead"}, "did you mean 'lead' where the entry says 'leads'?"),
    "no-stream": ({"streams": [{**ENTRY, "stream": "l*"}]}, "stream: it is not said which stream the rows are of"),
    "send-once": ({"send_once": "false"}, "send_once: Spark tries tasks again"),
    "stream-map": (
        {"stream_maps": {"leads": {"email": None}}},
        "stream_maps.leads: stream maps change what a tap sends, and these rows come from none",
    ),
    "path": ({"path": "somewhere"}, "save: there is no place to save to"),
    "token": ({"access_token": None}, "access_token: no credentials are set"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("way", ["writer", "streamWriter"])
def test_a_slip_stops_at_the_driver_and_leaves_nothing(engine: Engine, case: str, way: str) -> None:
    options, sentence = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        getattr(engine.source(**options), way)(SCHEMA, overwrite=False)
    assert sentence in str(caught.value)
    assert not engine.state_dir.exists()


def test_every_name_that_is_proposed_is_an_option() -> None:
    meant = {mend.split("'")[1] for mend in SPARK_NAMES.values()}
    assert {name.lower() for name in meant} <= {*OWN_OPTIONS, CHECKPOINT, *BY_NAME}


@pytest.mark.parametrize("place", ["a file", "no driver", "no bucket"])
@pytest.mark.parametrize("way", ["writer", "streamWriter"])
def test_a_state_dir_that_cannot_be_written_stops_at_the_driver(
    engine: Engine, request: pytest.FixtureRequest, place: str, way: str
) -> None:
    if place == "a file":
        (engine.folder / "file").touch()
        state_dir = f"{engine.folder}/file/state"
    elif place == "no driver":
        state_dir = "nobody-drives-this://bucket/state"
    else:
        state_dir = request.getfixturevalue("s3").replace("s3://", "s3://missing-")
    elsewhere = {
        "ledger_url": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "private_dir": str(engine.folder / "private"),
    }
    with pytest.raises(ConfigError, match=r"^state_dir: "):
        getattr(engine.source(state_dir=state_dir, **elsewhere), way)(SCHEMA, overwrite=False)


@pytest.mark.parametrize("name", ["state_dir", "private_dir"])
@pytest.mark.parametrize("way", ["writer", "streamWriter"])
def test_a_folder_that_spark_deletes_with_the_session_stops_at_the_driver(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, way: str
) -> None:
    """Spark Connect's server works in a folder of the session, into which every relative path leads."""
    session = engine.folder / "userFiles" / "session"
    session.mkdir(parents=True)
    monkeypatch.chdir(session)
    monkeypatch.setattr(SparkFiles, "_root_directory", str(session))
    with pytest.raises(ConfigError, match=rf"^{name}: it leads into the folder of this session"):
        getattr(engine.source(**{name: ".linkedin-conversions"}), way)(SCHEMA, overwrite=False)
    assert not [*session.iterdir()]


@pytest.mark.parametrize("way", ["writer", "streamWriter"])
def test_a_ledger_that_does_not_answer_stops_at_the_driver(engine: Engine, way: str) -> None:
    url = "postgresql+psycopg://somebody:secret@127.0.0.1:1/none"
    with pytest.raises(LedgerError, match=r"^the ledger postgresql.* cannot be used") as caught:
        getattr(engine.source(ledger_url=url), way)(SCHEMA, overwrite=False)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("master", ["spark://host:7077", "k8s://https://host", ""])
def test_a_database_without_a_ledger_is_taken_wherever_the_tasks_run(
    engine: Engine, postgresql_url: str, master: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MASTER, master)
    url = postgresql_url.replace("postgresql:", "postgresql+psycopg:")
    assert engine.save(range(3), ledger_url=url)["counts"] == {"delivered": 3}


@pytest.mark.parametrize("inside", [None, "structure", "list"])
def test_a_name_that_stands_twice_stops_at_the_driver(engine: Engine, inside: str | None) -> None:
    twice = StructType([StructField("a", LongType()), StructField("a", StringType())])
    more = {"structure": [StructField("who", twice)], "list": [StructField("who", ArrayType(twice))]}
    schema = StructType([*SCHEMA.fields, *more[inside]]) if inside else StructType([*SCHEMA.fields, *twice.fields])
    with pytest.raises(ConfigError, match="has 'a' twice"):
        engine.source().writer(schema, overwrite=False)


@pytest.mark.parametrize("inside", ["column", "list", "map", "key", "structure"])
@pytest.mark.parametrize("kind", [VariantType(), YearMonthIntervalType()])
def test_a_column_that_no_task_could_read_stops_at_the_driver_where_it_is_read(
    engine: Engine, kind: DataType, inside: str
) -> None:
    within = {
        "column": kind,
        "list": ArrayType(kind),
        "map": MapType(StringType(), kind),
        "key": MapType(kind, StringType()),
        "structure": StructType([StructField("a", kind)]),
    }
    schema = StructType([*SCHEMA.fields, StructField("since", within[inside])])
    read = "since.a" if inside == "structure" else "since"
    with pytest.raises(ConfigError, match=r"schema: the values of 'since' .* cannot be read; cast them"):
        engine.source(streams=[{**ENTRY, "fields": {"external_id": read}}]).writer(schema, overwrite=False)
    if inside == "column" and isinstance(kind, YearMonthIntervalType):  # it costs the whole batch, read or not
        with pytest.raises(ConfigError, match="cannot be read"):
            engine.source().writer(schema, overwrite=False)
    else:
        engine.source().writer(schema, overwrite=False)


@pytest.mark.parametrize("way", ["schema", "reader", "streamReader"])
def test_what_was_sent_cannot_be_read(engine: Engine, way: str) -> None:
    reading = getattr(engine.source(), way)
    with pytest.raises(ConfigError, match="LinkedIn takes events and gives none back; write to it"):
        reading(*([] if way == "schema" else [SCHEMA]))


@pytest.mark.parametrize("way", ["writer", "streamWriter"])
def test_what_was_sent_cannot_be_overwritten(engine: Engine, way: str) -> None:
    with pytest.raises(ConfigError, match="cannot be overwritten"):
        getattr(engine.source(), way)(SCHEMA, overwrite=True)


@pytest.mark.parametrize("master", ["spark://host:7077", "local-cluster[2,1,1024]", "yarn", "k8s://https://host", ""])
@pytest.mark.parametrize("url", [None, "sqlite:////tmp/ledger.sqlite", "sqlite+pysqlite:///ledger.sqlite"])
def test_a_ledger_in_a_file_is_refused_where_tasks_may_be_elsewhere(
    engine: Engine, master: str, url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MASTER, master)
    with pytest.raises(ConfigError, match=r"ledger_url: .* set ledger_url to a PostgreSQL database"):
        engine.source(ledger_url=url).writer(SCHEMA, overwrite=False)
    engine.source(dry_run=True).writer(SCHEMA, overwrite=False)


def test_options_count_above_the_environment_and_that_above_the_file(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = engine.folder / "config.json"
    file.write_text(json.dumps({"access_token": "of-the-file", "batch_size_rows": 1, "max_resends": 1}))
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_BATCH_SIZE_ROWS", "2")
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_MAX_RESENDS", "2")
    source = engine.source(config=str(file), access_token=None, max_resends=3)
    settings = source.writer(SCHEMA, overwrite=False)._given.settings  # noqa: SLF001 - what the tasks are given
    assert settings.access_token is not None
    assert (settings.access_token.reveal, settings.batch_size_rows, settings.max_resends) == ("of-the-file", 2, 3)


@pytest.mark.parametrize("given", ["s3://bucket/config.json", " abfss://box@place/config.json", "dbfs:/config.json"])
def test_a_file_of_settings_behind_a_url_is_told_as_that(engine: Engine, given: str) -> None:
    """Where rows are in a storage, people put the settings beside them; the error does not repeat where."""
    with pytest.raises(
        ConfigError, match=r"^config: it was given a URL, where the path of a file is expected; copy "
    ) as caught:
        engine.source(config=given).writer(SCHEMA, overwrite=False)
    assert "config.json" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [None, "", "[]", "{'a': 1}", '{"batch_size_rows": 1, "batch_size_rows": 2}', r'{"a": "\ud800"}', "ENV", "{}"],
)
def test_a_wrong_file_of_settings_is_told_as_the_option_that_names_it(engine: Engine, content: str | None) -> None:
    file = engine.folder / "config.json"
    if content is not None:
        file.write_text(content)
    given = content if content in {"ENV", "{}"} else str(file)
    with pytest.raises(ConfigError, match=r"^config: ") as caught:
        engine.source(config=given).writer(SCHEMA, overwrite=False)
    assert "--config" not in str(caught.value)


@pytest.mark.parametrize("key", ["id,ref", '["id", "ref"]', " id , ref "])
def test_a_key_of_several_columns_is_read(engine: Engine, key: str) -> None:
    writer = engine.source(key=key).writer(SCHEMA, overwrite=False)
    assert writer._given.key == ("id", "ref")  # noqa: SLF001 - the same
