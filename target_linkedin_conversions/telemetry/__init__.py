"""Telemetry: metrics and spans of a run for an OpenTelemetry collector, where the environment names one."""
