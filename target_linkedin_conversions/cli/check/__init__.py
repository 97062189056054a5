"""`linkedin-conversions check`."""

from target_linkedin_conversions.cli.check.command import check

__all__ = ["check"]
