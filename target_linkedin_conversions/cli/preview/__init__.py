"""`linkedin-conversions preview`."""

from target_linkedin_conversions.cli.preview.command import preview

__all__ = ["preview"]
