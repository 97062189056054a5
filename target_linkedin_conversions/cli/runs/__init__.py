"""`linkedin-conversions runs`."""

from target_linkedin_conversions.cli.runs.command import runs

__all__ = ["runs"]
