"""Coverage-guided fuzzing of the target's input: `python -m tests.hostile.fuzz --runs 100000`.

The first byte of an input chooses the way of its records, the rest is what the tap writes. An
input for which a law does not hold is kept in `--folder`, and the exit code is not 0.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

PACKAGE = "target_linkedin_conversions"

with atheris.instrument_imports(include=[f"{PACKAGE}.singer", f"{PACKAGE}.records"]):
    # What the program imports only when it runs would stay unseen.
    import target_linkedin_conversions.records.mapping
    import target_linkedin_conversions.singer.batch_files
    import target_linkedin_conversions.singer.target  # noqa: F401
    from tests.hostile import lines
    from tests.hostile.trial import CANARY, WAYS, assert_laws, try_input

LONGEST = 4096
MOST_MEGABYTES = 2048
"""What the program may take beside what stands in the process before the first input."""
WORDS = (
    '"type"',
    '"RECORD"',
    '"SCHEMA"',
    '"STATE"',
    '"BATCH"',
    '"stream"',
    '"leads"',
    '"record"',
    '"value"',
    '"schema"',
)
MORE_WORDS = (
    '"properties"',
    '"key_properties"',
    '"encoding"',
    '"manifest"',
    '"$ref"',
    '"email"',
    '"happened_at"',
    "1e999",
)


def one_input(data: bytes) -> None:
    """Hold the laws for one input."""
    way = list(WAYS)[data[0] % len(WAYS)] if data else "plain"
    text = data[1:]
    # Names may be shown; where chance made the canary one, it cannot be looked for.
    hidden = CANARY.encode() if not is_named(text) else b"\xff"
    ended = try_input(text.replace(CANARY.encode(), hidden), way)
    assert_laws(ended)


def is_named(text: bytes) -> bool:
    """Whether a part of the canary stands anywhere but in a RECORD's values."""
    word = CANARY.partition("@")[0]
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            found = {name: value for name, value in found.items() if name not in {"record", "value"}}
        if word in str(found):
            return True
    return False


def write_seeds(folder: Path) -> None:
    """Sound and odd inputs to begin with."""
    texts = [text for text in lines.VALUES.values() if len(text) < LONGEST // 4]
    inputs = [f"{lines.schema()}\n{lines.record(note=text)}\n" for text in texts]
    inputs += [
        f"{lines.schema(text)}\n{lines.record()}\n" for text in lines.SCHEMAS.values() if len(text) < LONGEST // 2
    ]
    inputs += [
        f"{lines.schema()}\n{lines.message(type=json.dumps(kind), **base)}" for kind, base in lines.BASES.items()
    ]
    for number, text in enumerate(inputs):
        (folder / f"{number:03}").write_bytes(bytes([number % len(WAYS)]) + text.encode())
    (folder.parent / "words").write_text("".join(f"{json.dumps(word)}\n" for word in (*WORDS, *MORE_WORDS)))


def peak_megabytes() -> int:
    """The most memory that this process has had, as libFuzzer counts it.

    Linux lets a new program begin with the peak of the process that started it (measured: a test process that had
    once held 2.2 GB made a fuzzer that holds 154 MB end with "out-of-memory" before its first input).
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Read the options and fuzz; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(description="Fuzz the target's input.")
    parser.add_argument("--runs", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--seconds", type=int, default=0, help="after which it ends; 0: never")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tries the same inputs")
    parser.add_argument("--folder", type=Path, help="where inputs that fail are kept, and those that lead further")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    seeds = folder / "inputs"
    seeds.mkdir(parents=True, exist_ok=True)
    write_seeds(seeds)
    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={options.runs}",
            f"-max_total_time={options.seconds}",
            f"-seed={options.seed}",
            f"-max_len={LONGEST}",
            f"-dict={folder / 'words'}",
            f"-artifact_prefix={folder}/failed-",
            f"-rss_limit_mb={peak_megabytes() + MOST_MEGABYTES}",
            "-timeout=60",
            "-len_control=0",
            str(seeds),
        ],
        one_input,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
