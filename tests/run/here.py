"""`deliver()` into one folder, with the settings of a pipe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions import Receipt, deliver

if TYPE_CHECKING:
    from tests.singer.pipe import Pipe


class Here:
    """`deliver` into one folder, with the settings of a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.linkedin = pipe.linkedin
        self.now = pipe.linkedin.now()

    def settings(self, **more: Any) -> dict[str, Any]:
        return {name: value for name, value in {**self.pipe.config, **more}.items() if value is not None}

    def __call__(
        self, rows: Any, stream: str = "leads", *, key: Any = ("id",), schema: Any = None, **more: Any
    ) -> Receipt:
        return deliver(rows, self.settings(**more), stream=stream, key=key, schema=schema)

    def rows(self, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
        return [
            {"id": n, "email": f"row.{n}@example.com", "happened_at": self.now - 60_000 - n, **changes} for n in numbers
        ]

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.pipe.state_dir / "runs" / "last.json").read_bytes())
        return found
