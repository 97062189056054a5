"""Alerts: a run that needs a person says so, by whatever service that person reads."""
