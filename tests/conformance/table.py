"""Reads the conformance table: YAML files of cases, each the defaults of its file plus a few lines.

What a case may hold is said at the top of `records/email.yaml` and `answers/door.yaml`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FOLDERS = ("records", "answers")

_HASHED = re.compile(r"(sha256/32|sha256|SHA256|base64|md5)\((.*?)\)", re.DOTALL)
_FORMS = {
    "sha256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha256/32": lambda data: hashlib.sha256(data).hexdigest()[:32],
    "SHA256": lambda data: hashlib.sha256(data).hexdigest().upper(),
    "base64": lambda data: base64.b64encode(hashlib.sha256(data).digest()).decode(),
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}

Case = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML without surprises: `NO` is Norway, a time is text, and no key stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [str(self.construct_object(key, deep=True)) for key, _ in node.value]
        assert len({*keys}) == len(keys), f"a key stands twice at {node.start_mark}"
        return super().construct_mapping(node, deep)


def _surprises(tag: str, first: str) -> bool:
    return tag.endswith(":timestamp") or (tag.endswith(":bool") and first in "yYnNoO")


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not _surprises(tag, first)]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    """What a YAML text says."""
    return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader


def written(folder: str) -> list[Case]:
    """Every case as it is written, with its file's name and defaults."""
    found = []
    for path in sorted((HERE / folder).glob("*.yaml")):
        table = read(path.read_text(encoding="utf-8"))
        found += [{"file": path.stem, "defaults": table.get("defaults", {}), **case} for case in table["cases"]]
    return found


def cases(folder: str) -> list[Case]:
    """Every case with its defaults; one with `each` becomes one for each of its values."""
    found = []
    for case in written(folder):
        own = {name: item for name, item in case.items() if name not in {"defaults", "each"}}
        whole = hashed(merged(case["defaults"], own))
        each = hashed(case.get("each", {}))
        if not each:
            found.append(whole)
        for column, values in each.items():
            found += [
                merged(whole, {"name": f"{case['name']} [{value}]", "record": {column: value}}) for value in values
            ]
    return found


def merged(below: Case, above: Case) -> Case:
    """Mappings merge level by level; everything else replaces what is below."""
    whole = dict(below)
    for name, item in above.items():
        mine = whole.get(name)
        whole[name] = merged(mine, item) if isinstance(mine, dict) and isinstance(item, dict) else item
    return whole


def hashed(value: Any) -> Any:
    """The same with `sha256(text)`, `SHA256(…)`, `base64(…)` and `md5(…)` replaced by what they say."""
    if isinstance(value, str):
        return _HASHED.sub(lambda found: _FORMS[found.group(1)](found.group(2).encode()), value)
    if isinstance(value, list):
        return [hashed(item) for item in value]
    if isinstance(value, dict):
        return {name: hashed(item) for name, item in value.items()}
    return value


def epoch_ms(moment: str | int) -> int:
    """Epoch milliseconds of a time written out."""
    if isinstance(moment, int):
        return moment
    whole = datetime.fromisoformat(moment)
    return int(whole.timestamp()) * 1000 + whole.microsecond // 1000


def fits(expected: Any, found: Any) -> bool:
    """Whether an answer is the expected one; `*` stands for any value."""
    if expected == "*":
        return True
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(fits(item, found[name]) for name, item in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(fits, expected, found))
    return bool(expected == found and type(expected) is type(found))


def name_of(case: Case) -> str:
    """What pytest calls the case."""
    return f"{case['file']}: {case['name']}"
