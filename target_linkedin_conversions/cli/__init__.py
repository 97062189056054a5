"""The companion program `linkedin-conversions`; the only room that prints."""
