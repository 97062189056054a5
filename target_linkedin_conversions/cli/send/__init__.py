"""`linkedin-conversions send`."""

from target_linkedin_conversions.cli.send.command import send

__all__ = ["send"]
