"""How the parts of this program are installed that not everybody needs."""

from __future__ import annotations

from typing import Literal

__all__ = ["install"]

Extra = Literal["alerts", "excel", "otel", "parquet", "postgres", "preview", "s3", "sandbox", "spark"]


def install(extra: Extra) -> str:
    """The command that installs an extra, for the mend of an error."""
    return f"pip install 'target-linkedin-conversions[{extra}]'"
