"""`linkedin-conversions login`."""

from target_linkedin_conversions.cli.login.command import login

__all__ = ["login"]
