"""Names the checks that are skipped because the extra `preview` is not installed."""

from __future__ import annotations

from importlib.util import find_spec

from target_linkedin_conversions.extras import install

__all__ = ["not_looked_at"]

_NEEDED = {
    "ftfy": "text that was decoded wrongly (mojibake) unless a character of it is lost",
    "disposable_email_domains": "addresses at throw-away providers (disposable_domain)",
}


def not_looked_at() -> list[str]:
    """A sentence that names it, with the mend; none where all is there."""
    missing = [what for module, what in _NEEDED.items() if find_spec(module) is None]
    if not missing:
        return []
    mend = install("preview")
    return [f"the extra preview is not installed, so this is not looked at: {'; '.join(missing)}. {mend}"]
