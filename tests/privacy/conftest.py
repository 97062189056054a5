from __future__ import annotations

from tests.singer.conftest import linkedin, now, pipe, running

__all__ = ["linkedin", "now", "pipe", "running"]
