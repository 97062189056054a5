"""`linkedin-conversions privacy`."""

from target_linkedin_conversions.cli.privacy.command import privacy

__all__ = ["privacy"]
