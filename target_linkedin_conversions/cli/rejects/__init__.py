"""`linkedin-conversions rejects`."""

from target_linkedin_conversions.cli.rejects.command import rejects

__all__ = ["rejects"]
