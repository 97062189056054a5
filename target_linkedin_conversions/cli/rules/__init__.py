"""`linkedin-conversions rules`."""

from target_linkedin_conversions.cli.rules.command import rules

__all__ = ["rules"]
